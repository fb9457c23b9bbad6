import { z } from 'zod';
import { datasetKindSchema, datasetManifestSchema } from '../dataset.ts';
import { experimentFileSchema } from '../experiment.ts';
import { pathSchema, settingsSchema } from '../limits.ts';
import { nameSchema } from '../names.ts';
import { route } from '../route.ts';
import { jobOutput } from './job.ts';

const finite = z.number();
const quantilesSchema = z.object({
  min: finite,
  p10: finite,
  p25: finite,
  median: finite,
  p75: finite,
  p90: finite,
  max: finite,
  mean: finite,
  /** Users or items with no row at all. */
  zeros: finite,
});

export const datasetStatisticsSchema = z.object({
  users: finite,
  items: finite,
  interactions: finite,
  testInteractions: finite,
  density: finite,
  reward: z.object({ min: finite, max: finite, mean: finite, std: finite }),
  /** A bin holds rewards from `from` to below `to`; the last one includes `to`. */
  rewardHistogram: z.array(z.object({ from: finite, to: finite, count: finite })),
  /** Training rows an item, and a user. */
  popularity: quantilesSchema,
  activity: quantilesSchema,
  categories: z.array(
    z.object({ code: finite, label: z.string().nullable(), items: finite, rowShare: finite }),
  ),
});
export type DatasetStatistics = z.infer<typeof datasetStatisticsSchema>;

/** One reference policy's measures under a protocol: `rTra`, `rEach`, `length`, `coverage`…, by name. */
export const referenceScoreSchema = z.object({
  policy: z.string(),
  title: z.string(),
  measures: z.record(z.string(), z.number().nullable()),
});
export type ReferenceScore = z.infer<typeof referenceScoreSchema>;

export const importRequestSchema = z.object({
  kind: datasetKindSchema,
  name: nameSchema,
  /** Folder (coat) or file (log) on the core's machine; absent for the synthetic world. */
  source: pathSchema.optional(),
  /** The importer's own options, such as the column mapping that `guess` proposes. */
  options: settingsSchema.optional(),
  /** Replace a dataset of this name; without it an existing name is `already-exists`. */
  replace: z.boolean().optional(),
});

const byName = route.input(z.object({ name: nameSchema }));

export const datasetsRoutes = {
  list: route.output(
    z.object({
      datasets: z.array(datasetManifestSchema),
      /** Folders that cannot be read. */
      broken: z.array(z.object({ name: z.string(), message: z.string() })),
    }),
  ),
  /** The manifest, and the folder of the files on the core's machine. */
  show: byName.output(datasetManifestSchema.extend({ folder: z.string() })),
  statistics: byName.output(jobOutput(datasetStatisticsSchema)),
  import: route.input(importRequestSchema).output(jobOutput(datasetManifestSchema)),
  /** The column mapping that the generic importer would use for a file. */
  guess: route
    .input(z.object({ file: pathSchema }))
    .output(jobOutput(z.record(z.string(), z.unknown()))),
  /** `busy` while a run that has not ended needs it, unless forced. */
  remove: route
    .input(z.object({ name: nameSchema, force: z.boolean().optional() }))
    .output(z.object({})),
  /** Scores of the reference policies under a protocol, computed once and kept. */
  reference: route
    .input(
      z.object({
        name: nameSchema,
        protocol: experimentFileSchema.shape.protocol,
        episodes: z.number().int().min(1).max(1_000_000).optional(),
        seed: z.number().int().min(0).max(0xffffffff).optional(),
      }),
    )
    .output(jobOutput(z.array(referenceScoreSchema))),
};
