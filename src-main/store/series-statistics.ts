import type { PointColumns } from './chunk-codec.ts';
import type { Direction } from './runs-write.ts';

/** What is kept beside a series. Values that are not finite count as points and enter nothing else. */
export interface SeriesStatistics {
  /** Points, and how many of them are finite. */
  count: number;
  finite: number;
  /** The last point's value; null when it is not finite or there is none. */
  last: number | null;
  minimum: number | null;
  maximum: number | null;
  mean: number;
  /** Sum of squared distances from the mean (Welford). */
  squares: number;
  best: number | null;
  bestStep: number | null;
}

export function noStatistics(): SeriesStatistics {
  return {
    count: 0,
    finite: 0,
    last: null,
    minimum: null,
    maximum: null,
    mean: 0,
    squares: 0,
    best: null,
    bestStep: null,
  };
}

function isBetter(value: number, best: number | null, direction: Direction): boolean {
  if (direction === 'none') return false;
  if (best === null) return true;
  return direction === 'max' ? value > best : value < best;
}

/**
 * Adds points one by one, so that the result has the same bits however they were batched, and after a resume
 * too.
 */
export function addPoints(
  statistics: SeriesStatistics,
  points: PointColumns,
  direction: Direction,
): void {
  for (let row = 0; row < points.values.length; row += 1) {
    const value = points.values[row] ?? Number.NaN;
    statistics.count += 1;
    statistics.last = Number.isFinite(value) ? value : null;
    if (!Number.isFinite(value)) continue;
    statistics.finite += 1;
    const distance = value - statistics.mean;
    statistics.mean += distance / statistics.finite;
    statistics.squares += distance * (value - statistics.mean);
    statistics.minimum = Math.min(statistics.minimum ?? value, value);
    statistics.maximum = Math.max(statistics.maximum ?? value, value);
    if (isBetter(value, statistics.best, direction)) {
      statistics.best = value;
      statistics.bestStep = points.steps[row] ?? null;
    }
  }
}

/** Sample standard deviation; null below two finite points. */
export function sampleDeviation(finite: number, squares: number): number | null {
  return finite < 2 ? null : Math.sqrt(squares / (finite - 1));
}

/** Points in the last quarter of a series: rounded up, so that a short series has one too. */
export function quarterLength(count: number): number {
  return Math.ceil(count / 4);
}

export interface ChunkHeader {
  readonly firstIndex: number;
  readonly lastIndex: number;
  readonly count: number;
  readonly finite: number;
  readonly minStep: number;
  readonly maxStep: number;
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** Sum of the finite values. */
  readonly total: number;
  /** Value of the last point, NaN and infinities included. */
  readonly last: number;
  /** Times of the first and the last point, in milliseconds since the segment began. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** The columns that stand before a sealed chunk's blob. */
export function chunkHeader(points: PointColumns): ChunkHeader {
  let finite = 0;
  let total = 0;
  let minimum = Infinity;
  let maximum = -Infinity;
  let minStep = Infinity;
  let maxStep = -Infinity;
  for (let row = 0; row < points.values.length; row += 1) {
    const value = points.values[row] ?? Number.NaN;
    const step = points.steps[row] ?? 0;
    minStep = Math.min(minStep, step);
    maxStep = Math.max(maxStep, step);
    if (!Number.isFinite(value)) continue;
    finite += 1;
    total += value;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
  }
  return {
    firstIndex: points.indices[0] ?? 0,
    lastIndex: points.indices.at(-1) ?? 0,
    count: points.values.length,
    finite,
    minStep,
    maxStep,
    minimum: finite === 0 ? null : minimum,
    maximum: finite === 0 ? null : maximum,
    total,
    last: points.values.at(-1) ?? Number.NaN,
    firstMs: points.timesMs[0] ?? 0,
    lastMs: points.timesMs.at(-1) ?? 0,
  };
}
