import { z } from 'zod';
import { countSchema, limits } from '../limits.ts';
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
  /** Moves a queued run before another one of the same priority, or to the end (null). */
  move: route
    .input(z.object({ id: runIdSchema, before: runIdSchema.nullable() }))
    .output(z.object({})),
};
