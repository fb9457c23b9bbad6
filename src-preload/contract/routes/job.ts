import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { jobProgressSchema } from '../job.ts';

export type JobProgress = z.infer<typeof jobProgressSchema>;

/**
 * Output of a method that takes long: progress, then the result as the last event. Ending the iteration early, or
 * losing the connection, cancels the job; nothing half done stays.
 */
export function jobOutput<Result extends z.ZodType>(result: Result) {
  return eventIterator(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('progress'), progress: jobProgressSchema }),
      z.object({ type: z.literal('done'), result }),
    ]),
  );
}
