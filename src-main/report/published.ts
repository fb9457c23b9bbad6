import { OffrecError } from '#contract/errors.ts';
import type { Aggregation, Protocol } from '#contract/protocol.ts';
import { publishedSchema, type Published } from '#contract/published.ts';
import type { Cell } from './cells.ts';

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
  readonly datasetChecksum?: string | null;
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
      datasetChecksum: own.datasetChecksum ?? null,
      groundTruth: null,
      reconstruction: false,
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
      differences,
      values: [],
    })),
  );
}
