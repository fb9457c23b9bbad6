import { OffrecError } from '#contract/errors.ts';
import type { Change } from '#contract/routes/changes.ts';
import type { JobProgress } from '#contract/routes/job.ts';
import type { JobOptions } from '#core/api.ts';
import type { Core } from '#core/core.ts';
import { asRouterError } from './answers.ts';

type JobEvent<Result> =
  { type: 'progress'; progress: JobProgress } | { type: 'done'; result: Result };

/**
 * A job as events: the newest progress whenever the client is ready for it, then the result. Ends the job when the
 * client has gone or wants no more.
 */
export async function* jobEvents<Result>(
  gone: AbortSignal | undefined,
  start: (options: JobOptions) => Promise<Result>,
): AsyncGenerator<JobEvent<Result>, void> {
  const left = new AbortController();
  const signal = gone === undefined ? left.signal : AbortSignal.any([gone, left.signal]);
  const newest: JobProgress[] = [];
  let wake = (): void => {};
  const onProgress = (next: JobProgress): void => {
    newest[0] = next;
    wake();
  };
  const work = start({ onProgress, signal });
  // Looked at below; until then its failure is nobody's.
  const settled = work.then(
    () => true,
    () => true,
  );
  try {
    for (let ended = false; !ended;) {
      const told = new Promise<boolean>((resolve) => (wake = () => resolve(false)));
      if (newest.length === 0) ended = await Promise.race([settled, told]);
      for (const progress of newest.splice(0)) yield { type: 'progress', progress };
    }
    yield { type: 'done', result: await work };
  } catch (error) {
    throw asRouterError(error);
  } finally {
    left.abort();
    await settled;
  }
}

/** Everything that changes after the cursor; while the client is busy with one change, the next ones add up. */
export function changesAfter(
  core: Core,
  cursor: number,
  gone: AbortSignal | undefined,
): AsyncGenerator<Change, void> {
  if (cursor > core.cursor()) {
    throw new OffrecError('invalid-input', 'These changes are not of this data folder.', {
      where: 'cursor',
      hint: 'Say hello again and read everything.',
    });
  }
  return changesFrom(core, cursor, gone);
}

async function* changesFrom(
  core: Core,
  cursor: number,
  gone: AbortSignal | undefined,
): AsyncGenerator<Change, void> {
  for (let at = cursor; ;) {
    const change = await nextChange(core, at, gone);
    if (change === null) return;
    at = change.cursor;
    yield change;
  }
}

/** The first change after the cursor; null when the client has gone. */
function nextChange(
  core: Core,
  cursor: number,
  gone: AbortSignal | undefined,
): Promise<Change | null> {
  if (gone?.aborted === true) return Promise.resolve(null);
  return new Promise((resolve) => {
    const end = (change: Change | null): void => {
      stop();
      gone?.removeEventListener('abort', leave);
      resolve(change);
    };
    const leave = (): void => end(null);
    const stop = core.onChange(end, cursor);
    gone?.addEventListener('abort', leave, { once: true });
  });
}
