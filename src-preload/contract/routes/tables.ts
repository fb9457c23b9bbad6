import { z } from 'zod';
import { datasetKindSchema, groundTruthKindSchema } from '../dataset.ts';
import { nameSchema } from '../names.ts';
import { aggregationSchema, protocolSchema } from '../protocol.ts';
import { publishedSchema } from '../published.ts';
import { route } from '../route.ts';
import { runStatusSchema } from '../run.ts';

/** One metric of one cell: the values of all seeds under one aggregation. */
export const tableEntrySchema = z.object({
  experiment: z.string(),
  dataset: z.string(),
  datasetChecksum: z.string(),
  /** What the dataset is, as its manifest says now; null when the dataset is gone. */
  datasetKind: datasetKindSchema.nullable(),
  groundTruth: groundTruthKindSchema.nullable(),
  method: z.string(),
  /** True for a method whose paper left details open. */
  reconstruction: z.boolean(),
  label: z.string(),
  /** Entries with the same hash are the same cell. */
  cellHash: z.string(),
  /** Entries under different hashes are never ranked together. */
  protocolHash: z.string(),
  protocol: protocolSchema,
  metric: z.string(),
  aggregation: aggregationSchema,
  /** True for a policy without learning that is scored once. */
  reference: z.boolean(),
  /** One a run, by seed; null when there is no value yet, NaN when the run's values are not all finite. */
  values: z
    .array(
      z.object({
        run: z.string(),
        seed: z.number().int(),
        status: runStatusSchema,
        value: z.union([z.number(), z.nan()]).nullable(),
      }),
    )
    .readonly(),
});
export type TableEntry = z.infer<typeof tableEntrySchema>;

export const tablesRoutes = {
  data: route
    .input(
      z.object({
        experiments: z.array(nameSchema).min(1).max(100),
        /** Names without a family, such as `rTra`; default: all that the methods declare. */
        metrics: z.array(z.string().min(1).max(80)).max(50).optional(),
        aggregations: z.array(aggregationSchema).max(3).optional(),
        /** Also values of runs that have not ended. */
        unfinished: z.boolean().optional(),
        /** Reference policies that are already scored under the runs' protocols. */
        references: z.boolean().optional(),
      }),
    )
    .output(z.array(tableEntrySchema)),
  /** The figures that come with the program, file by file: cited, with their source and protocol. */
  published: route.output(z.array(publishedSchema)),
};
