import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { OffrecError } from '#contract/errors.ts';
import { fromRouterError } from '#contract/router-error.ts';
import type { JobEvent, JobProgress } from '#contract/routes/job.ts';
import { followJob } from '../api/jobs.ts';
import { core } from '../api/session.ts';

type Begin<Result> = (signal: AbortSignal) => Promise<AsyncIterable<JobEvent<Result>>>;

export interface Job<Result> {
  readonly result: ShallowRef<Result | null>;
  readonly progress: ShallowRef<JobProgress | null>;
  readonly error: ShallowRef<OffrecError | null>;
  readonly running: ShallowRef<boolean>;
  start: () => Promise<void>;
  /** Follows a job that is under way already. */
  attach: (id: string) => Promise<void>;
  cancel: () => void;
}

/** A job as this page follows it: `controller` ends the following, not the job. */
interface Following {
  readonly controller: AbortController;
  id: string | null;
  lasting: boolean;
  cancelled: boolean;
}

const newFollowing = (): Following => ({
  controller: new AbortController(),
  id: null,
  lasting: false,
  cancelled: false,
});

function endJob(id: string): void {
  // What it leaves is told by the job's own events; a core that is gone has ended it anyway.
  core.jobs.cancel({ id }).catch(() => undefined);
}

/**
 * Something that takes long, with its progress; it outlives a lost connection. Leaving the page leaves a lasting job
 * to itself and ends any other.
 */
export function useJob<Result>(begin: Begin<Result>): Job<Result> {
  const result = shallowRef<Result | null>(null);
  const progress = shallowRef<JobProgress | null>(null);
  const error = shallowRef<OffrecError | null>(null);
  const running = shallowRef(false);
  let current: Following | null = null;

  /** What is not lasting serves only who follows it; before that is known, the core ends it after a while. */
  function leave(): void {
    if (current === null) return;
    if (current.id !== null && !current.lasting) endJob(current.id);
    current.controller.abort();
  }

  /** The following goes on: the job's end is told by its events, and one that is not begun yet is ended then. */
  function cancel(): void {
    if (current === null) return;
    current.cancelled = true;
    if (current.id !== null) endJob(current.id);
  }

  async function follow(from: Begin<Result>): Promise<void> {
    leave();
    const mine = newFollowing();
    current = mine;
    running.value = true;
    error.value = null;
    try {
      for await (const event of followJob(core, from, mine.controller.signal)) {
        if (event.type === 'started') {
          ({ job: mine.id, lasting: mine.lasting } = event);
          if (mine.cancelled) endJob(event.job);
        } else if (current !== mine) break;
        else if (event.type === 'progress') progress.value = event.progress;
        else result.value = event.result;
      }
    } catch (thrown) {
      const failure = fromRouterError(thrown);
      if (current === mine && failure.code !== 'cancelled') error.value = failure;
    } finally {
      if (current === mine) {
        current = null;
        running.value = false;
        progress.value = null;
      }
    }
  }

  onScopeDispose(leave);
  return {
    result,
    progress,
    error,
    running,
    start: () => follow(begin),
    attach: (id) =>
      follow(async (signal) => {
        const events = await core.jobs.watch({ id }, { signal });
        return events as AsyncIterable<JobEvent<Result>>;
      }),
    cancel,
  };
}
