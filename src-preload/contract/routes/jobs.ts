import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { wireErrorSchema } from '../wire-error.ts';
import { jobProgressSchema } from '../job.ts';
import { route } from '../route.ts';
import { jobIdSchema, jobOutput } from './job.ts';

export const jobKindSchema = z.enum([
  'import',
  'guess',
  'check-log',
  'statistics',
  'verify-dataset',
  'verify-checkpoint',
  'export-checkpoint',
  'reference',
  'play',
  'demo',
  'check-database',
  'backup',
  'compact',
  'folder-sizes',
  'remove-checkpoints',
  'doctor',
]);
export type JobKind = z.infer<typeof jobKindSchema>;

export const jobStateSchema = z.object({
  id: jobIdSchema,
  kind: jobKindSchema,
  /** What it does, to read: `Import of coat`. */
  title: z.string(),
  /** Name of the dataset, file or checkpoint that it is about; null when there is none. */
  subject: z.string().nullable(),
  lasting: z.boolean(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  progress: jobProgressSchema.nullable(),
  /** Why it failed. */
  error: wireErrorSchema.nullable(),
});
export type JobState = z.infer<typeof jobStateSchema>;

const byId = route.input(z.object({ id: jobIdSchema }));

/** What takes long and was asked for through the contract. Ended jobs are kept for a while, the newest of them. */
export const jobsRoutes = {
  /** Newest first. */
  list: route.output(z.array(jobStateSchema)),
  /** The list at once, and again whenever something in it has changed. */
  follow: route.output(eventIterator(z.array(jobStateSchema))),
  /** Follows a job from where it is now, as the method that began it would. `not-found` when it is forgotten. */
  watch: byId.output(jobOutput(z.unknown())),
  /** Ends a job; one that has ended stays as it is. Resolves when nothing half done is left of it. */
  cancel: byId.output(z.object({})),
};
