import { OffrecError } from '#contract/errors.ts';
import type { Change } from '#contract/routes/changes.ts';
import type { JobBook, JobDescription, JobEvent, JobOptions } from '#core/api.ts';
import type { Core } from '#core/core.ts';
import { asRouterError } from './answers.ts';

/**
 * Begins a job and follows it. It outlives the client's connection: `jobs.watch` follows it again, `jobs.cancel` ends
 * it.
 */
export function jobEvents<Result>(
  jobs: JobBook,
  gone: AbortSignal | undefined,
  job: JobDescription,
  start: (options: JobOptions) => Promise<Result>,
): AsyncGenerator<JobEvent<Result>, void> {
  return asWireEvents(followed(jobs, gone, job, start));
}

async function* followed<Result>(
  jobs: JobBook,
  gone: AbortSignal | undefined,
  job: JobDescription,
  start: (options: JobOptions) => Promise<Result>,
): AsyncGenerator<JobEvent<Result>, void> {
  const id = jobs.begin(job, start);
  yield* jobs.watch(id, gone) as AsyncGenerator<JobEvent<Result>, void>;
}

/** Tells what fails in the midst of a stream as a value with one of our codes. */
export async function* asWireEvents<Event>(
  events: AsyncGenerator<Event, void>,
): AsyncGenerator<Event, void> {
  try {
    yield* events;
  } catch (error) {
    throw asRouterError(error);
  }
}

interface Source<State> {
  state(): State;
  onChange(listener: () => void): () => void;
}

/** The state now and after every change; changes in between are one while the client is busy. */
export async function* statesOf<State>(
  source: Source<State>,
  gone: AbortSignal | undefined,
): AsyncGenerator<State, void> {
  let wake = (): void => {};
  let changed = true;
  const onChange = (): void => {
    changed = true;
    wake();
  };
  const stop = source.onChange(onChange);
  gone?.addEventListener('abort', onChange, { once: true });
  const isGone = (): boolean => gone?.aborted === true;
  try {
    while (!isGone()) {
      if (!changed) await new Promise<void>((resolve) => (wake = resolve));
      changed = false;
      if (!isGone()) yield source.state();
    }
  } finally {
    stop();
    gone?.removeEventListener('abort', onChange);
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
