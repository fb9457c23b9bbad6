import { z } from 'zod';
import type { DatasetManifest } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import { decimalMarks } from '#contract/log-file.ts';
import { importCoat } from './import-coat.ts';
import { importLog } from './import-log.ts';
import type { ImportControl, ImportTarget } from './progress.ts';
import {
  syntheticPresets,
  type SyntheticInput,
  type SyntheticPreset,
} from './synthetic-options.ts';
import { makeSyntheticWorld } from './synthetic-world.ts';

/** What to import, as it comes from a terminal, a window or another process. */
export interface ImportRequest extends ImportTarget {
  readonly kind: 'coat' | 'log' | 'synthetic';
  /** Folder (coat) or file (log) to read; the synthetic world needs none. */
  readonly source?: string | undefined;
  /** Settings of the importer of that kind; unknown ones are refused. */
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

const seedSchema = z.number().int().min(0).max(0xffffffff);
const columnSchema = z.string().min(1).max(1000);
const fractionSchema = z.number().gt(0).lt(1);

const coatOptionsSchema = z.strictObject({
  groundTruth: z.string().optional(),
  seed: seedSchema.optional(),
});

const fileOptions = {
  format: z.enum(['csv', 'tsv', 'jsonl', 'parquet']).optional(),
  /** One or two characters of ASCII. */
  delimiter: z
    .string()
    .regex(/^[\t\x20-\x7e]{1,2}$/)
    .refine((text) => !text.includes('"'))
    .optional(),
  header: z.boolean().optional(),
  encoding: z.enum(['utf-8', 'latin-1']).optional(),
};

const sideFileSchema = z.strictObject({
  ...fileOptions,
  file: z.string().min(1),
  key: columnSchema,
  columns: z.array(columnSchema).max(1000).optional(),
  separators: z.record(columnSchema, z.string().min(1).max(10).nullable()).optional(),
});

const splitSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('last-fraction'), fraction: fractionSchema }),
  z.strictObject({ kind: z.literal('last-per-user'), rows: z.number().int().min(1).max(1e9) }),
  z.strictObject({
    kind: z.literal('random'),
    fraction: fractionSchema,
    seed: seedSchema.default(0),
  }),
]);

const logOptionsSchema = z.strictObject({
  ...fileOptions,
  map: z
    .strictObject({
      user: columnSchema.optional(),
      item: columnSchema.optional(),
      reward: columnSchema.optional(),
      time: columnSchema.optional(),
      propensity: columnSchema.optional(),
    })
    .optional(),
  test: splitSchema.optional(),
  rewardRange: z
    .strictObject({ min: z.number(), max: z.number() })
    .refine((range) => range.min <= range.max)
    .optional(),
  decimal: z.enum(decimalMarks).optional(),
  timeFormat: z.string().min(2).max(60).optional(),
  onBadRow: z.enum(['fail', 'skip']).optional(),
  duplicates: z.enum(['keep', 'drop']).optional(),
  groundTruth: z.enum(['none', 'rebuild']).optional(),
  seed: z.number().int().min(0).max(0xffffffff).optional(),
  userFeatures: sideFileSchema.optional(),
  itemFeatures: sideFileSchema.optional(),
  categoryFeature: z.string().optional(),
  licence: z.string().max(2000).optional(),
  citation: z.string().max(2000).optional(),
  limits: z
    .strictObject({
      memoryBytes: z.number().int().min(64e6).optional(),
      threads: z.number().int().min(1).max(256).optional(),
    })
    .optional(),
});

const fileOptionsSchema = z.strictObject(fileOptions);
const checkOptionsSchema = logOptionsSchema.pick({
  ...(Object.fromEntries(Object.keys(fileOptions).map((name) => [name, true])) as {
    [Name in keyof typeof fileOptions]: true;
  }),
  map: true,
  rewardRange: true,
  decimal: true,
  timeFormat: true,
});

/** What is known of a file. @throws OffrecError `invalid-input` */
export const parseFileOptions = (options: unknown) => parse(fileOptionsSchema, options);

/** What decides whether a file's rows can be used. @throws OffrecError `invalid-input` */
export const parseCheckOptions = (options: unknown) => parse(checkOptionsSchema, options);

const presetSchema = z.looseObject({
  preset: z
    .enum(Object.keys(syntheticPresets) as [SyntheticPreset, ...SyntheticPreset[]])
    .optional(),
});

function parse<T>(schema: z.ZodType<T>, options: unknown): T {
  const parsed = schema.safeParse(options ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new OffrecError(
    'invalid-input',
    `The import's options are not valid: ${issue?.message ?? ''}.`,
    {
      where: issue?.path.join('.') ?? '',
      hint: 'Correct this option.',
    },
  );
}

function requireSource(request: ImportRequest): string {
  if (request.source !== undefined && request.source !== '') return request.source;
  throw new OffrecError('invalid-input', `An import of kind ${request.kind} needs a source.`, {
    hint: request.kind === 'coat' ? 'Name the folder of its files.' : 'Name the file.',
  });
}

/**
 * Runs one import. Options are checked here, because they come from outside the process.
 *
 * @throws OffrecError as the importer of that kind.
 */
export async function importDataset(
  request: ImportRequest,
  control: ImportControl = {},
): Promise<DatasetManifest> {
  const { kind, name, into, replace } = request;
  const { onProgress, signal } = control;
  const common = { name, into, replace, onProgress, signal };
  switch (kind) {
    case 'coat': {
      const options = parse(coatOptionsSchema, request.options);
      return importCoat({ ...common, ...options, folder: requireSource(request) });
    }
    case 'log': {
      const options = parse(logOptionsSchema, request.options);
      return importLog({ ...common, ...options, file: requireSource(request) });
    }
    case 'synthetic': {
      // The world checks its own settings; only the preset's name is looked at here.
      const options = parse(presetSchema, request.options);
      return makeSyntheticWorld({
        ...(options as SyntheticInput),
        preset: options.preset,
        ...common,
      });
    }
  }
}
