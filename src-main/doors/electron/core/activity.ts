import { OffrecError } from '#contract/errors.ts';
import type { RunRecord, RunStatus } from '#contract/run.ts';
import type { Core } from '#core/core.ts';
import type { Activity, FromCore } from '../messages.ts';

const underWay: readonly RunStatus[] = ['running', 'pausing'];

function fractionOf({ progress }: RunRecord): number | null {
  if (progress === null || progress.total <= 0 || progress.phases <= 0) return null;
  const within = Math.min(1, Math.max(0, progress.done / progress.total));
  return Math.min(1, (progress.phase + within) / progress.phases);
}

function activityOf(core: Core, running: readonly RunRecord[]): Activity {
  const fractions = running.map(fractionOf).filter((fraction) => fraction !== null);
  const sum = fractions.reduce((total, fraction) => total + fraction, 0);
  return {
    running: running.length,
    queued: core.queue.held() ? 0 : core.queue.list().length,
    fraction: fractions.length === 0 ? null : sum / fractions.length,
  };
}

/** Tells main how much is under way, and each run's end. Returns the function that stops it. */
export function tellActivity(core: Core, tell: (message: FromCore) => void): () => void {
  let known = new Set<string>();
  let told = '';
  const look = (): void => {
    const running = core.runs.list({ status: underWay });
    const now = new Set(running.map(({ id }) => id));
    const ended = [...known].filter((id) => !now.has(id));
    known = now;
    for (const id of ended) tellEnd(core, id, tell);
    const activity = activityOf(core, running);
    if (JSON.stringify(activity) === told) return;
    told = JSON.stringify(activity);
    tell({ type: 'activity', activity });
  };
  look();
  return core.onChange(({ runs, topics }) => {
    if (runs.length > 0 || topics.includes('queue')) look();
  });
}

/** Null when it was removed meanwhile: there is nothing to tell of it. */
function runOrNull(core: Core, id: string): RunRecord | null {
  try {
    return core.runs.get(id);
  } catch (error) {
    if (error instanceof OffrecError && error.code === 'not-found') return null;
    throw error;
  }
}

function tellEnd(core: Core, id: string, tell: (message: FromCore) => void): void {
  const found = runOrNull(core, id);
  if (found === null || found.status === 'queued') return;
  const title = `${found.label} on ${found.spec.dataset}, seed ${String(found.spec.seed)}`;
  const reason = found.error?.message ?? null;
  tell({ type: 'run-ended', run: id, title, status: found.status, reason });
}
