import { z } from 'zod';
import { rangeSchema } from '../estimate.ts';
import { countSchema } from '../fields.ts';
import { limits } from '../limits.ts';
import { runIdSchema } from '../names.ts';
import { route } from '../route.ts';
import { runRecordSchema } from '../run.ts';

export const budgetSchema = z.object({
  /** Sum of the threads of the runs at once. */
  cores: z.number().int().min(1).max(100_000),
  memoryBytes: z
    .number()
    .int()
    .min(1)
    .max(2 ** 50),
  /** Most runs at once; 0 holds the queue. */
  hosts: z.number().int().min(0).max(10_000),
  /** Most runs at once on the GPU; those that wait for it hold back nobody who computes elsewhere. */
  gpuRuns: z.number().int().min(1).max(10_000),
  memoryPerRunBytes: z
    .number()
    .int()
    .min(1)
    .max(2 ** 50),
});
export type Budget = z.infer<typeof budgetSchema>;

export const queueStateSchema = z.object({
  /** Which process starts runs; null while nobody does. */
  owner: z.object({ pid: z.number().int(), machine: z.string(), self: z.boolean() }).nullable(),
  budget: budgetSchema,
  /** While true nothing starts; what runs goes on. */
  held: z.boolean(),
  /** What can compute here; a GPU that is not prepared yet is not among it. */
  devices: z.array(z.enum(['native-cuda', 'native-cpu', 'portable'])).readonly(),
  /** Runs that have a host now, the longest running first. */
  running: z.array(runRecordSchema).readonly(),
  /** Runs that failed or were interrupted, the newest first; at most 50. */
  failures: z.array(runRecordSchema).readonly(),
  /** When runs are expected to start and end, in seconds from now; those that are not known are left out. */
  expected: z
    .array(z.object({ run: runIdSchema, start: rangeSchema, end: rangeSchema }))
    .readonly(),
  /** Number of all queued runs; `runs` holds the first ones in the order in which they will start. */
  total: countSchema,
  runs: z.array(runRecordSchema).readonly(),
});
export type QueueState = z.infer<typeof queueStateSchema>;

export const queueRoutes = {
  show: route
    .input(z.object({ limit: z.number().int().min(0).max(limits.pageRows).default(200) }))
    .output(queueStateSchema),
  /** Starts runs as the budget allows, or stands by for the process that does. */
  serve: route.output(z.object({ servedBy: z.enum(['self', 'other']) })),
  setBudget: route.input(budgetSchema.partial()).output(budgetSchema),
  /** Starts nothing more, or goes on; the budget stays as it is. */
  hold: route.input(z.object({ held: z.boolean() })).output(z.object({})),
  /** Holds the queue and pauses what runs, each with a checkpoint. */
  pauseAll: route.output(z.object({ paused: countSchema })),
  /** Goes on with what `pauseAll` paused, and with the queue. */
  resumeAll: route.output(z.object({ resumed: countSchema })),
  /** Moves a queued run before another one of the same priority, or to the end (null). */
  move: route
    .input(z.object({ id: runIdSchema, before: runIdSchema.nullable() }))
    .output(z.object({})),
};
