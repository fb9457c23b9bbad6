import type { PointColumns } from './chunk-codec.ts';
import type { ChunkRow } from './series-rows.ts';

/** One entry a bucket that has points. */
export interface Buckets {
  readonly fromStep: number;
  readonly toStep: number;
  readonly firstSteps: Float64Array;
  readonly lastSteps: Float64Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
  readonly means: Float64Array;
  readonly lasts: Float64Array;
  readonly counts: Float64Array;
}

export interface BucketSource {
  readonly chunks: readonly ChunkRow[];
  readonly read: (chunk: ChunkRow) => PointColumns;
  readonly open: readonly PointColumns[];
}

export interface BucketRange {
  readonly pixels: number;
  readonly fromStep: number | null;
  readonly toStep: number | null;
}

function stepRange(source: BucketSource, range: BucketRange): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const chunk of source.chunks) {
    low = Math.min(low, chunk.min_step);
    high = Math.max(high, chunk.max_step);
  }
  for (const points of source.open) {
    for (const step of points.steps) {
      low = Math.min(low, step);
      high = Math.max(high, step);
    }
  }
  return [range.fromStep ?? low, range.toStep ?? high];
}

/** Running values of every bucket, written by points or by the header of a whole chunk. */
class Accumulator {
  readonly #low: number;
  readonly #high: number;
  readonly #pixels: number;
  readonly #width: number;
  readonly firstSteps: Float64Array;
  readonly lastSteps: Float64Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
  readonly totals: Float64Array;
  readonly finites: Float64Array;
  readonly lasts: Float64Array;
  readonly counts: Float64Array;

  constructor(pixels: number, low: number, high: number) {
    this.#low = low;
    this.#high = high;
    this.#pixels = pixels;
    this.#width = (high - low) / pixels;
    this.firstSteps = new Float64Array(pixels).fill(Infinity);
    this.lastSteps = new Float64Array(pixels).fill(-Infinity);
    this.mins = new Float64Array(pixels).fill(Infinity);
    this.maxs = new Float64Array(pixels).fill(-Infinity);
    this.totals = new Float64Array(pixels);
    this.finites = new Float64Array(pixels);
    this.lasts = new Float64Array(pixels).fill(Number.NaN);
    this.counts = new Float64Array(pixels);
  }

  /** Bucket of a step, or -1 outside the range. */
  bucketOf(step: number): number {
    if (!(step >= this.#low && step <= this.#high)) return -1;
    if (this.#width === 0) return 0;
    return Math.min(this.#pixels - 1, Math.floor((step - this.#low) / this.#width));
  }

  addPoints(points: PointColumns): void {
    for (let row = 0; row < points.values.length; row += 1) {
      const step = points.steps[row] ?? 0;
      const value = points.values[row] ?? Number.NaN;
      const bucket = this.bucketOf(step);
      if (bucket < 0) continue;
      this.#extend(bucket, 1, step, step, value);
      if (Number.isFinite(value)) this.#addFinite(bucket, 1, value, value, value);
    }
  }

  /** True when the chunk lies in one bucket, so that its header was enough. */
  addHeader(chunk: ChunkRow): boolean {
    const bucket = this.bucketOf(chunk.min_step);
    if (bucket < 0 || bucket !== this.bucketOf(chunk.max_step)) return false;
    this.#extend(bucket, chunk.count, chunk.min_step, chunk.max_step, chunk.last ?? Number.NaN);
    if (chunk.minimum !== null && chunk.maximum !== null) {
      this.#addFinite(bucket, chunk.finite, chunk.total, chunk.minimum, chunk.maximum);
    }
    return true;
  }

  #extend(bucket: number, count: number, first: number, last: number, value: number): void {
    this.counts[bucket] = (this.counts[bucket] ?? 0) + count;
    this.firstSteps[bucket] = Math.min(this.firstSteps[bucket] ?? first, first);
    this.lastSteps[bucket] = Math.max(this.lastSteps[bucket] ?? last, last);
    this.lasts[bucket] = value;
  }

  #addFinite(bucket: number, count: number, total: number, low: number, high: number): void {
    this.finites[bucket] = (this.finites[bucket] ?? 0) + count;
    this.totals[bucket] = (this.totals[bucket] ?? 0) + total;
    this.mins[bucket] = Math.min(this.mins[bucket] ?? low, low);
    this.maxs[bucket] = Math.max(this.maxs[bucket] ?? high, high);
  }
}

/**
 * Condenses a series: minimum, maximum, mean and last value of each of `pixels` equal intervals of steps. A
 * chunk that lies within one interval is taken from its header; only the others are decoded. The mean is NaN
 * where a bucket has no finite value, the last value is that of the last point in the order of logging.
 */
export function bucketPoints(source: BucketSource, range: BucketRange): Buckets {
  const [low, high] = stepRange(source, range);
  const sums = new Accumulator(Math.max(1, Math.floor(range.pixels)), low, high);
  for (const chunk of source.chunks) {
    if (chunk.max_step < low || chunk.min_step > high) continue;
    if (!sums.addHeader(chunk)) sums.addPoints(source.read(chunk));
  }
  for (const points of source.open) sums.addPoints(points);
  return collect(sums, low, high);
}

function collect(sums: Accumulator, low: number, high: number): Buckets {
  const filled: number[] = [];
  sums.counts.forEach((count, bucket) => {
    if (count > 0) filled.push(bucket);
  });
  const pick = (column: Float64Array): Float64Array =>
    Float64Array.from(filled, (bucket) => column[bucket] ?? Number.NaN);
  const orNaN = (column: Float64Array): Float64Array =>
    pick(column).map((value) => (Number.isFinite(value) ? value : Number.NaN));
  const finites = pick(sums.finites);
  return {
    fromStep: low,
    toStep: high,
    firstSteps: pick(sums.firstSteps),
    lastSteps: pick(sums.lastSteps),
    mins: orNaN(sums.mins),
    maxs: orNaN(sums.maxs),
    means: pick(sums.totals).map((total, row) => total / (finites[row] ?? 0)),
    lasts: pick(sums.lasts),
    counts: pick(sums.counts),
  };
}
