import { z } from 'zod';
import { nameSchema, sha256Schema } from './names.ts';

export const datasetKindSchema = z.enum(['coat', 'log', 'synthetic']);

/** Where a dataset's ground truth comes from. `rebuilt` results are not comparable with published ones. */
export const groundTruthKindSchema = z.enum(['supplied', 'rebuilt', 'synthetic', 'none']);

export const datasetWarningSchema = z.object({
  code: z.string().max(80),
  message: z.string().max(2000),
  count: z.number().int().nonnegative().optional(),
  /** First places concerned, such as `ratings.csv:17`. At most 20. */
  examples: z.array(z.string().max(300)).max(20).optional(),
});

export const categoricalFeatureSchema = z.object({
  name: z.string().max(120),
  /** Number of distinct values; codes run from 0 to size - 1. */
  size: z.number().int().positive(),
  labels: z.array(z.string()).optional(),
});

/** `manifest.json` of an imported dataset. Format 1. */
export const datasetManifestSchema = z.object({
  format: z.literal(1),
  name: nameSchema,
  kind: datasetKindSchema,
  createdAt: z.string(),
  users: z.number().int().positive(),
  items: z.number().int().positive(),
  /** Rows of the training log. */
  interactions: z.number().int().nonnegative(),
  /** Rows of the held-out log, 0 when the source has none. */
  testInteractions: z.number().int().nonnegative(),
  density: z.number().nonnegative(),
  reward: z.object({ min: z.number(), max: z.number(), mean: z.number() }),
  hasTime: z.boolean(),
  hasPropensities: z.boolean(),
  groundTruth: groundTruthKindSchema,
  userFeatures: z.array(categoricalFeatureSchema),
  itemFeatures: z.array(categoricalFeatureSchema),
  /** Name of the item feature that the exit rule and diversity metrics treat as category, if any. */
  categoryFeature: z.string().nullable(),
  /** Free-form settings of the import or of the generator. */
  source: z.record(z.string(), z.unknown()),
  licence: z.string(),
  citation: z.string().nullable(),
  warnings: z.array(datasetWarningSchema),
  /** SHA-256 of every file of the folder but this one. */
  files: z.record(
    z.string(),
    z.object({ bytes: z.number().int().nonnegative(), sha256: sha256Schema }),
  ),
  /** SHA-256 over the sorted file checksums: identifies the content in run records and caches. */
  checksum: sha256Schema,
});

export type DatasetKind = z.infer<typeof datasetKindSchema>;
export type GroundTruthKind = z.infer<typeof groundTruthKindSchema>;
export type DatasetWarning = z.infer<typeof datasetWarningSchema>;
export type CategoricalFeature = z.infer<typeof categoricalFeatureSchema>;
export type DatasetManifest = z.infer<typeof datasetManifestSchema>;
