import { z } from 'zod';
import { countSchema } from './fields.ts';

/** A number that is not known better than by its two ends. */
export const rangeSchema = z.object({
  low: z.number().nonnegative(),
  high: z.number().nonnegative(),
});
export type Range = z.infer<typeof rangeSchema>;

/** What the runs of one method on one dataset are expected to take. */
export const partEstimateSchema = z.object({
  method: z.string(),
  dataset: z.string(),
  device: z.enum(['native-cuda', 'native-cpu', 'portable']),
  /** Runs of this part that are not there yet. */
  runs: countSchema,
  /** Of one run; null when nothing is known. */
  secondsEach: rangeSchema.nullable(),
  memoryBytesEach: z.number().nonnegative(),
  /** `runs`: what past runs on this machine took; `rates`: measured rates of the method; `none`: nothing. */
  basis: z.enum(['runs', 'rates', 'none']),
  pastRuns: countSchema,
});
export type PartEstimate = z.infer<typeof partEstimateSchema>;

/** Time and memory of the runs that an experiment adds. */
export const estimateSchema = z.object({
  /** From the first start to the last end, when the queue has nothing else; null when a part is not known. */
  seconds: rangeSchema.nullable(),
  /** Of all runs one after the other. */
  computeSeconds: rangeSchema.nullable(),
  /** Runs that fit the budget at once. */
  atOnce: countSchema,
  /** Of the runs at once. */
  memoryBytes: z.number().nonnegative(),
  parts: z.array(partEstimateSchema),
});
export type Estimate = z.infer<typeof estimateSchema>;
