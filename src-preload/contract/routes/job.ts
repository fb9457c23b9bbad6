import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { jobProgressSchema } from '../job.ts';

export type JobProgress = z.infer<typeof jobProgressSchema>;

export const jobIdSchema = z.uuid();

/** First event of every job: by its id it is followed again after a lost connection. */
const jobStartedSchema = z.object({
  type: z.literal('started'),
  job: jobIdSchema,
  /** Goes on when nobody follows it; what does not is ended a while after its last follower has gone. */
  lasting: z.boolean(),
});

/**
 * Output of a method that takes long: the job's id, progress, then the result as the last event. Ending the iteration
 * leaves the job; `jobs.cancel` ends it, and nothing half done stays.
 */
export function jobOutput<Result extends z.ZodType>(result: Result) {
  return eventIterator(
    z.discriminatedUnion('type', [
      jobStartedSchema,
      z.object({ type: z.literal('progress'), progress: jobProgressSchema }),
      z.object({ type: z.literal('done'), result }),
    ]),
  );
}

export type JobEvent<Result> =
  | z.infer<typeof jobStartedSchema>
  | { readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly type: 'done'; readonly result: Result };
