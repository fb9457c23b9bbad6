import { randomBytes } from 'node:crypto';
import { OffrecError } from '#contract/errors.ts';
import type { StoredRun } from '#store/runs-read.ts';
import type { CoreContext } from './context.ts';

export function newRunId(): string {
  return randomBytes(8).toString('hex');
}

/** Throws `not-found` when there is no such run. */
export function requireRun(context: CoreContext, id: string): StoredRun {
  const run = context.store.read.runs.get(id);
  if (run !== null) return run;
  throw new OffrecError('not-found', `There is no run ${id}.`, {
    where: id,
    hint: 'offrec runs list shows the runs.',
  });
}
