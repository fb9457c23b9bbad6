import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CheckpointInfo } from '../../src-preload/contract/host.ts';
import type { ProtocolInput } from '../../src-preload/contract/protocol.ts';
import {
  makeSyntheticWorld,
  type SyntheticWorldOptions,
} from '../../src-main/engine/data/synthetic-world.ts';

/** One run for a process of its own. */
export interface TrainJob {
  readonly datasetFolder: string;
  readonly runFolder: string;
  readonly cacheFolder: string;
  readonly method: string;
  readonly config: Record<string, unknown>;
  readonly seed: number;
  readonly protocol: ProtocolInput;
  readonly resumeFrom: string | null;
  /** Pause after this many steps of the loop; null runs to the end. */
  readonly pauseAfterSteps: number | null;
}

export interface TrainOutcome {
  readonly outcome: 'done' | 'paused' | 'stopped';
  readonly checkpoint: CheckpointInfo;
  readonly steps: number;
  /** Points of this process, in order. */
  readonly metrics: readonly (readonly [metric: string, step: number, value: number])[];
  readonly notes: readonly string[];
}

/** Runs a job in a child process, so that nothing of another run is shared. */
export function trainInChild(job: TrainJob): Promise<TrainOutcome> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'train-child.ts'), {
      stdio: 'pipe',
      serialization: 'advanced',
    });
    const errors: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    let answer: { outcome: TrainOutcome } | { error: string } | null = null;
    child.on('message', (message) => (answer = message as typeof answer));
    child.on('exit', (code) => {
      if (answer !== null && 'outcome' in answer) resolve(answer.outcome);
      else
        reject(new Error(answer?.error ?? `ended with ${code}: ${errors.join('').slice(-2000)}`));
    });
    child.send(job);
  });
}

/** A temporary folder with a synthetic world in it; `remove` when done. */
export async function temporaryWorld(
  options: Omit<SyntheticWorldOptions, 'name' | 'into'>,
): Promise<{ folder: string; dataset: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-train-'));
  await makeSyntheticWorld({ ...options, name: 'world', into: folder });
  return {
    folder,
    dataset: join(folder, 'world'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
