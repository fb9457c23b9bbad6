import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { GroundTruthKind } from '#contract/dataset.ts';
import type { Aggregation } from '#contract/protocol.ts';

/** `own`: trained here. `reference`: policies that learn nothing or know the truth. `published`: cited. */
export type RowGroup = 'own' | 'reference' | 'published';

/** What one run says; null when it has no value (yet). */
export interface SeedValue {
  readonly seed: number;
  readonly value: number | null;
  /** The run's id, where there is one. */
  readonly run?: string;
}

/** What the runs of one configuration say about one metric under one aggregation. */
export interface CellValues {
  readonly dataset: string;
  /** Results on different contents under one name are never ranked together. */
  readonly datasetChecksum?: string | null;
  readonly groundTruth?: GroundTruthKind | null;
  /** True for a method whose paper left details open. */
  readonly reconstruction?: boolean;
  /** The method's name, such as `dorl`. */
  readonly method: string;
  /** What the table calls the row, such as `DORL strong (lambdaU=0.05)`. */
  readonly label: string;
  readonly group: Exclude<RowGroup, 'published'>;
  readonly metric: string;
  readonly aggregation: Aggregation;
  readonly protocolHash: string;
  /** Identifies the configuration without its seed: values of different hashes are never pooled. */
  readonly cellHash: string;
  /** One entry a run; null when the run has no value (yet). */
  readonly values: readonly SeedValue[];
}

/** One cell of the table: the values of all seeds, condensed. Numbers are unrounded. */
export interface Cell {
  readonly dataset: string;
  readonly datasetChecksum: string | null;
  readonly groundTruth: GroundTruthKind | null;
  readonly reconstruction: boolean;
  readonly method: string;
  readonly label: string;
  readonly group: RowGroup;
  readonly metric: string;
  readonly aggregation: Aggregation;
  readonly protocolHash: string | null;
  /** Null for published figures. */
  readonly cellHash: string | null;
  /** Mean over the seeds that have a finite value; null when none has. */
  readonly mean: number | null;
  /** Sample standard deviation (n - 1); null below two values. */
  readonly std: number | null;
  /** Standard error of the mean: std / sqrt(n); null below two values. */
  readonly sem: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** n: how many seeds went into the mean. */
  readonly seeds: number;
  /** Seeds without a value. */
  readonly missing: number;
  /** Seeds whose value is NaN or infinite: counted here and left out of the mean. */
  readonly diverged: number;
  /** Over what the spread was taken. Only published figures use anything but seeds. */
  readonly spreadOver: 'seeds' | 'epochs';
  /** Where a published figure is from; null for own figures. */
  readonly source: string | null;
  /** Why a published figure cannot be ranked with own ones; empty when it can, and for own figures. */
  readonly differences: readonly string[];
  /** By seed; empty for published figures. */
  readonly values: readonly SeedValue[];
}

/** Mean, spread and counts of a list of values; what is not finite is left out and counted. */
export function condense(values: readonly (number | null)[]) {
  const present = values.filter((value) => value !== null);
  const finite = present.filter((value) => Number.isFinite(value));
  const count = finite.length;
  const std = count > 1 ? sampleStandardDeviation(finite) : null;
  return {
    mean: count > 0 ? mean(finite) : null,
    std,
    sem: std === null ? null : std / Math.sqrt(count),
    min: count > 0 ? Math.min(...finite) : null,
    max: count > 0 ? Math.max(...finite) : null,
    seeds: count,
    missing: values.length - present.length,
    diverged: present.length - count,
  };
}

/**
 * Condenses the values of each configuration over its seeds, in order of first appearance. Entries of the same
 * configuration, metric and aggregation (an experiment named twice) become one cell, and a seed that appears
 * twice counts once, with its later value: the same seed twice is no second sample.
 */
export function aggregateCells(entries: readonly CellValues[]): Cell[] {
  const groups = new Map<string, { first: CellValues; bySeed: Map<number, SeedValue> }>();
  for (const entry of entries) {
    const { dataset, group, method, label, metric, aggregation, protocolHash, cellHash } = entry;
    const key = JSON.stringify([
      dataset,
      group,
      method,
      label,
      metric,
      aggregation,
      protocolHash,
      cellHash,
    ]);
    const known = groups.get(key) ?? { first: entry, bySeed: new Map<number, SeedValue>() };
    for (const each of entry.values) known.bySeed.set(each.seed, each);
    groups.set(key, known);
  }
  return [...groups.values()].map(({ first, bySeed }) => toCell(first, [...bySeed.values()]));
}

function toCell(entry: CellValues, values: readonly SeedValue[]): Cell {
  return {
    dataset: entry.dataset,
    datasetChecksum: entry.datasetChecksum ?? null,
    groundTruth: entry.groundTruth ?? null,
    reconstruction: entry.reconstruction ?? false,
    method: entry.method,
    label: entry.label,
    group: entry.group,
    metric: entry.metric,
    aggregation: entry.aggregation,
    protocolHash: entry.protocolHash,
    cellHash: entry.cellHash,
    ...condense(values.map(({ value }) => value)),
    spreadOver: 'seeds',
    source: null,
    differences: [],
    values,
  };
}

/**
 * Cells that would share one place of the table (same row, dataset and metric, other configuration) get the
 * beginning of their configuration's hash behind the label, so that each keeps a row of its own.
 */
export function distinguishLabels(cells: readonly Cell[]): Cell[] {
  const hashesAt = new Map<string, Set<string>>();
  const placeOf = (cell: Cell): string =>
    JSON.stringify([cell.dataset, cell.group, cell.method, cell.label, cell.protocolHash]);
  for (const cell of cells) {
    if (cell.cellHash === null) continue;
    const hashes = hashesAt.get(placeOf(cell)) ?? new Set();
    hashesAt.set(placeOf(cell), hashes.add(cell.cellHash));
  }
  return cells.map((cell) => {
    const shared = (hashesAt.get(placeOf(cell))?.size ?? 0) > 1;
    return shared ? { ...cell, label: `${cell.label} [${cell.cellHash?.slice(0, 6)}]` } : cell;
  });
}
