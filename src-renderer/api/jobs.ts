import { ORPCError } from '@orpc/client';
import { OffrecError } from '#contract/errors.ts';
import { fromRouterError } from '#contract/router-error.ts';
import type { RouterClient } from '#contract/router.ts';
import type { JobEvent } from '#contract/routes/job.ts';

type JobsClient = Pick<RouterClient, 'jobs'>;
type Begin<Result> = (signal: AbortSignal) => Promise<AsyncIterable<JobEvent<Result>>>;

const againAfterMs = 300;

const lost = new OffrecError('host-gone', 'The connection was lost before the job had begun.', {
  hint: 'Look among the jobs under way before you start it again.',
});
const forgotten = new OffrecError('host-gone', 'Offrec was started again meanwhile.', {
  hint: 'The job ended with it and left nothing half done; start it again.',
});

/**
 * Events of a job until its result, over as many connections as it takes: after a loss the same job is followed again
 * by its id. Aborting the signal leaves the job alone.
 */
export async function* followJob<Result>(
  core: JobsClient,
  begin: Begin<Result>,
  signal: AbortSignal,
): AsyncGenerator<JobEvent<Result>, void> {
  let job: string | null = null;
  for (;;) {
    try {
      const id: string | null = job;
      const events: AsyncIterable<JobEvent<unknown>> =
        id === null ? await begin(signal) : await core.jobs.watch({ id }, { signal });
      for await (const event of events) {
        if (event.type === 'started') job = event.job;
        yield event as JobEvent<Result>;
        if (event.type === 'done') return;
      }
    } catch (thrown) {
      const error = fromRouterError(thrown);
      if (job !== null && error.code === 'not-found' && error.where === job) throw forgotten;
      // What the core says itself ends the job; anything else is the line's end.
      if (thrown instanceof ORPCError || signal.aborted) throw error;
    }
    if (signal.aborted) return;
    if (job === null) throw lost;
    await new Promise((resolve) => setTimeout(resolve, againAfterMs));
  }
}

/** Result of a job that shows no progress, over as many connections as it takes. */
export async function resultOf<Result>(core: JobsClient, begin: Begin<Result>): Promise<Result> {
  for await (const event of followJob(core, begin, new AbortController().signal)) {
    if (event.type === 'done') return event.result;
  }
  throw lost;
}
