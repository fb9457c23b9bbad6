import { z } from 'zod';
import { datasetKindSchema, datasetManifestSchema } from '../dataset.ts';
import { experimentFileSchema } from '../experiment.ts';
import { pathSchema, settingsSchema } from '../fields.ts';
import { checkedLogSchema, inspectedLogSchema } from '../log-file.ts';
import { nameSchema } from '../names.ts';
import { route } from '../route.ts';
import { worldPreviewSchema, worldSettingsSchema } from '../world.ts';
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
  /** Items by their rows, users by theirs: single counts, or bins that double; `to` is a bin's last count. */
  popularityHistogram: z.array(z.object({ from: finite, to: finite, count: finite })),
  activityHistogram: z.array(z.object({ from: finite, to: finite, count: finite })),
  /** Share of the rows that the most popular share of the items has, from (0, 0) to (1, 1). */
  longTail: z.array(z.object({ itemShare: finite, rowShare: finite })),
  /** Of the rows over items: 0 even, 1 all on one. */
  popularityGini: finite,
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

export const verifiedDatasetSchema = z.object({
  ok: z.boolean(),
  /** `problem` says what is wrong with a file, such as `has changed since the import`. */
  files: z.array(z.object({ name: z.string(), problem: z.string().nullable() })).readonly(),
});
export type VerifiedDataset = z.infer<typeof verifiedDatasetSchema>;

/** Scores that are kept, with what they were computed under. */
export const keptScoresSchema = z.object({
  protocolHash: z.string(),
  episodes: z.number(),
  seed: z.number(),
  scores: z.array(referenceScoreSchema).readonly(),
});
export type KeptScores = z.infer<typeof keptScoresSchema>;

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
  /** What the generic importer makes of a file: format, columns, the mapping that it would use, first rows. */
  guess: route
    .input(z.object({ file: pathSchema, options: settingsSchema.optional() }))
    .output(jobOutput(inspectedLogSchema)),
  /** What an import with these options would make of a file: counts, what would be refused, first rows. */
  check: route
    .input(z.object({ file: pathSchema, options: settingsSchema.optional() }))
    .output(jobOutput(checkedLogSchema)),
  /** Reads every file again and compares it with the manifest. */
  verify: byName.output(jobOutput(verifiedDatasetSchema)),
  /** Reference scores that are there already, for every protocol under which they were computed. */
  keptScores: byName.output(z.array(keptScoresSchema)),
  /** Named synthetic worlds, with all their settings. */
  worlds: route.output(z.array(z.object({ name: z.string(), settings: worldSettingsSchema }))),
  /** A small sample of a synthetic world: what its log shows beside what is true. */
  previewWorld: route.input(z.object({ settings: settingsSchema })).output(worldPreviewSchema),
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
