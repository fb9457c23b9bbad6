import { z } from 'zod';
import { datasetKindSchema, groundTruthKindSchema } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import {
  aggregationSchema,
  protocolSchema,
  type Aggregation,
  type Protocol,
} from '#contract/protocol.ts';
import type { Cell } from './cells.ts';

const figureSchema = z.strictObject({ mean: z.number(), std: z.number().nonnegative().optional() });

/** A file of `resources/published`: figures copied from one source, with the rules they were made under. */
const publishedSchema = z.strictObject({
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

/** @throws OffrecError `invalid-input` naming the file and the field */
export function parsePublished(text: string, file: string): Published {
  const parsed = publishedSchema.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new OffrecError('invalid-input', `Published figures: ${issue?.message ?? 'wrong form'}`, {
    where: `${file} at ${issue?.path.join('.') ?? ''}`,
  });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OffrecError('invalid-input', 'Published figures are no JSON', { where: file, cause });
  }
}

/** The own side of a comparison: one dataset as it is here, and the protocol its runs were evaluated under. */
export interface OwnSetting {
  /** The name that the dataset has here. */
  readonly dataset: string;
  readonly kind: string;
  readonly groundTruth: string;
  readonly protocol: Protocol;
  readonly protocolHash: string;
}

/** The fields that decide what a number means; the number of final episodes only counts for `final`. */
function decisiveFields(protocol: Protocol, aggregation: Aggregation): Record<string, unknown> {
  const {
    repeats,
    maxLength,
    acting,
    users,
    everyEpochs,
    episodes,
    finalEpisodes,
    ignoreExit,
    ...exit
  } = protocol;
  // Distances are never negative, so that a distance rule with threshold 0 never fires.
  const neverExits =
    ignoreExit ||
    exit.exitRule === 'none' ||
    (exit.exitRule === 'distance' && exit.exitThreshold === 0);
  const decisive = {
    repeats,
    maxLength,
    acting,
    users,
    ...(neverExits ? { exitRule: 'none' } : exit),
  };
  return aggregation === 'final'
    ? { ...decisive, finalEpisodes: finalEpisodes === 0 ? episodes : finalEpisodes }
    : { ...decisive, episodes, everyEpochs };
}

/** In which fields two protocols differ so that their results cannot be ranked together. */
function protocolDifferences(
  own: Protocol,
  published: Protocol,
  aggregation: Aggregation,
): string[] {
  const left = decisiveFields(own, aggregation);
  const right = decisiveFields(published, aggregation);
  return [...new Set([...Object.keys(left), ...Object.keys(right)])]
    .filter((field) => left[field] !== right[field])
    .map(
      (field) =>
        `${field} ${String(right[field] ?? '–')} there, ${String(left[field] ?? '–')} here`,
    );
}

/** Why published figures cannot be ranked with own ones; empty when they can. */
export function obstacles(
  published: Published,
  own: OwnSetting,
  aggregation: Aggregation,
): string[] {
  const truth =
    published.dataset.groundTruth === own.groundTruth
      ? []
      : [`ground truth ${published.dataset.groundTruth} there, ${own.groundTruth} here`];
  return [...truth, ...protocolDifferences(own.protocol, published.protocol, aggregation)];
}

/**
 * Published figures as cells of a table, for a dataset of the same kind. They carry the own protocol's hash, and
 * so may be ranked with own rows, only when nothing decisive differs; the difference is part of their source.
 */
export function publishedCells(
  published: Published,
  own: OwnSetting,
  aggregation: Aggregation,
): Cell[] {
  if (published.dataset.kind !== own.kind) return [];
  const differences = obstacles(published, own, aggregation);
  const remarks = [
    `${published.seeds === 1 ? 'one seed' : `${published.seeds} seeds`}, spread over ${published.spreadOver}`,
    ...(differences.length > 0 ? [`not ranked with own rows (${differences.join('; ')})`] : []),
    ...published.remarks,
  ];
  const source = `${published.title}: ${published.source} (${remarks.join('; ')}).`;
  return published.rows.flatMap((row) =>
    Object.entries(row.values[aggregation] ?? {}).map(([metric, figure]) => ({
      dataset: own.dataset,
      method: row.method,
      label: row.label,
      group: 'published' as const,
      metric,
      aggregation,
      protocolHash: differences.length > 0 || row.bound ? null : own.protocolHash,
      cellHash: null,
      mean: figure.mean,
      std: figure.std ?? null,
      // A standard error over epochs of one run would pretend that epochs are independent.
      sem:
        figure.std === undefined || published.spreadOver === 'epochs'
          ? null
          : figure.std / Math.sqrt(published.seeds),
      min: null,
      max: null,
      seeds: published.seeds,
      missing: 0,
      diverged: 0,
      spreadOver: published.spreadOver,
      source,
    })),
  );
}
