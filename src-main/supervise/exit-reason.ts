import { readFileSync } from 'node:fs';
import type { RawExit } from './host-launcher.ts';

/** Why a host is gone. `ended`: by itself, in order. `stopped`: this supervisor ended it. */
export type ExitReason =
  'ended' | 'stopped' | 'oom' | 'crashed' | 'killed' | 'launch-failed' | 'misbehaved';

/** What else is known when a host has ended. */
export interface ExitCircumstances {
  readonly stoppedByUs: boolean;
  readonly misbehaved: boolean;
  readonly outputTail: readonly string[];
  /** Processes that the kernel has killed for want of memory since the host started. */
  readonly memoryKills: number;
}

const outOfMemory = /heap out of memory|std::bad_alloc|cannot allocate memory|OOM when allocating/i;

export function exitReason(exit: RawExit, circumstances: ExitCircumstances): ExitReason {
  if (exit.failure !== null) return 'launch-failed';
  if (circumstances.misbehaved) return 'misbehaved';
  if (circumstances.stoppedByUs) return 'stopped';
  if (exit.code === 0) return 'ended';
  if (circumstances.outputTail.some((line) => outOfMemory.test(line))) return 'oom';
  if (exit.signal === 'SIGKILL') return circumstances.memoryKills > 0 ? 'oom' : 'killed';
  if (exit.signal === 'SIGTERM' || exit.signal === 'SIGINT' || exit.signal === 'SIGHUP') {
    return 'killed';
  }
  return 'crashed';
}

const sentences: Readonly<Record<ExitReason, string>> = {
  ended: 'ended in order',
  stopped: 'did not stop when asked and was ended',
  oom: 'ran out of memory',
  crashed: 'crashed',
  killed: 'was killed by another process',
  'launch-failed': 'could not be started',
  misbehaved: 'sent a message that makes no sense and was ended',
};

export function describeExit(reason: ExitReason, exit: RawExit): string {
  const detail =
    exit.failure?.message ?? exit.signal ?? (exit.code === null ? '' : `exit ${String(exit.code)}`);
  const plain = reason === 'ended' || detail === '';
  return plain ? sentences[reason] : `${sentences[reason]} (${detail})`;
}

/** Processes killed for want of memory in this control group; 0 where the kernel does not tell. */
export function countMemoryKills(): number {
  try {
    const events = readFileSync('/sys/fs/cgroup/memory.events', 'utf8');
    return Number(/^oom_kill (\d+)/m.exec(events)?.[1] ?? 0);
  } catch {
    // No control groups here: a kill for want of memory then reads as an ordinary kill.
    return 0;
  }
}
