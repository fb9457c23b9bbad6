import type { BulkResult } from '#contract/routes/runs.ts';
import type { RunStatus } from '#contract/run.ts';

export type RunAction = 'pause' | 'resume' | 'stop';

const statuses: Readonly<Record<RunAction, readonly RunStatus[]>> = {
  pause: ['queued', 'running'],
  resume: ['paused', 'interrupted', 'failed', 'stopped'],
  stop: ['queued', 'running', 'pausing', 'paused'],
};

const pastForms: Readonly<Record<RunAction, string>> = {
  pause: 'paused',
  resume: 'queued again',
  stop: 'stopped',
};

/** Whether an action means something for a run in this state. */
export function isPossible(action: RunAction, status: RunStatus): boolean {
  return statuses[action].includes(status);
}

export const countRuns = (count: number): string => `${count} ${count === 1 ? 'run' : 'runs'}`;

/** What to tell after an action; throws nothing, failures are named. */
export function describeResult(action: RunAction, { done, failed }: BulkResult): string {
  const [first] = failed;
  const success = `${countRuns(done.length)} ${pastForms[action]}.`;
  if (first === undefined) return success;
  return `${success} ${countRuns(failed.length)} refused: ${first.error.message}`;
}
