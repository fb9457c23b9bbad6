import { z } from 'zod';
import { datasetKindSchema, groundTruthKindSchema } from './dataset.ts';
import { aggregationSchema, protocolSchema } from './protocol.ts';

const figureSchema = z.strictObject({ mean: z.number(), std: z.number().nonnegative().optional() });

/** A file of `resources/published`: figures copied from one source, with the rules they were made under. */
export const publishedSchema = z.strictObject({
  format: z.literal(1),
  title: z.string().min(1),
  /** Where the figures were taken from, precisely enough to find them again. */
  source: z.string().min(1),
  reference: z.string().min(1),
  dataset: z.strictObject({ kind: datasetKindSchema, groundTruth: groundTruthKindSchema }),
  protocol: protocolSchema,
  /** Seeds behind each figure. With one seed the spread is over epochs. */
  seeds: z.number().int().positive(),
  spreadOver: z.enum(['seeds', 'epochs']),
  remarks: z.array(z.string()).default([]),
  rows: z.array(
    z.strictObject({
      method: z.string().min(1),
      label: z.string().min(1),
      /** True for rows that know the ground truth: a bound, never ranked. */
      bound: z.boolean().default(false),
      values: z.partialRecord(aggregationSchema, z.record(z.string(), figureSchema)),
    }),
  ),
});
export type Published = z.infer<typeof publishedSchema>;
