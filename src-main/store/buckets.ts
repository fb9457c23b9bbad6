import type { Piece } from './chunk-pieces.ts';
import type { ChunkRow } from './series-rows.ts';

/** One entry a bucket that has points. Places are on the axis that was asked for. */
export interface Buckets {
  readonly fromPlace: number;
  readonly toPlace: number;
  readonly firstPlaces: Float64Array;
  readonly lastPlaces: Float64Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
  readonly means: Float64Array;
  readonly lasts: Float64Array;
  readonly counts: Float64Array;
}

/** Points with their places on the axis. */
export interface PlacedPoints {
  readonly places: Float64Array;
  readonly values: Float64Array;
}

/** A sealed chunk, or a piece of one, between its least and its greatest place on the axis. */
export interface Placed<Part> {
  readonly part: Part;
  readonly low: number;
  readonly high: number;
}

export interface BucketSource {
  readonly chunks: readonly Placed<ChunkRow>[];
  /** Pieces of a chunk, null when it has none. */
  readonly pieces: (chunk: ChunkRow) => readonly Placed<Piece>[] | null;
  readonly read: (chunk: ChunkRow) => PlacedPoints;
  readonly open: readonly PlacedPoints[];
}

export interface BucketRange {
  readonly pixels: number;
  readonly fromPlace: number | null;
  readonly toPlace: number | null;
}

function placeRange(source: BucketSource, range: BucketRange): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const chunk of source.chunks) {
    low = Math.min(low, chunk.low);
    high = Math.max(high, chunk.high);
  }
  for (const points of source.open) {
    for (const place of points.places) {
      low = Math.min(low, place);
      high = Math.max(high, place);
    }
  }
  return [range.fromPlace ?? low, range.toPlace ?? high];
}

/** Running values of every bucket, written by points or by the header of a whole chunk. */
class Accumulator {
  readonly #low: number;
  readonly #high: number;
  readonly #pixels: number;
  readonly #width: number;
  readonly firstPlaces: Float64Array;
  readonly lastPlaces: Float64Array;
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
    this.firstPlaces = new Float64Array(pixels).fill(Infinity);
    this.lastPlaces = new Float64Array(pixels).fill(-Infinity);
    this.mins = new Float64Array(pixels).fill(Infinity);
    this.maxs = new Float64Array(pixels).fill(-Infinity);
    this.totals = new Float64Array(pixels);
    this.finites = new Float64Array(pixels);
    this.lasts = new Float64Array(pixels).fill(Number.NaN);
    this.counts = new Float64Array(pixels);
  }

  /** Bucket of a place, or -1 outside the range. */
  bucketOf(place: number): number {
    if (!(place >= this.#low && place <= this.#high)) return -1;
    if (this.#width === 0) return 0;
    return Math.min(this.#pixels - 1, Math.floor((place - this.#low) / this.#width));
  }

  addPoints(points: PlacedPoints): void {
    for (let row = 0; row < points.values.length; row += 1) {
      const place = points.places[row] ?? 0;
      const value = points.values[row] ?? Number.NaN;
      const bucket = this.bucketOf(place);
      if (bucket < 0) continue;
      this.#extend(bucket, 1, place, place, value);
      if (Number.isFinite(value)) this.#addFinite(bucket, 1, value, value, value);
    }
  }

  /** True when the chunk lies in one bucket, so that its header was enough. */
  addHeader(placed: Placed<ChunkRow>): boolean {
    const bucket = this.bucketOf(placed.low);
    if (bucket < 0 || bucket !== this.bucketOf(placed.high)) return false;
    this.#addPart(bucket, placed);
    return true;
  }

  /**
   * True when no piece reaches beyond two buckets, so that the points need not be decoded. A piece between two
   * goes to the one of its middle: bucket borders move by less than a pixel, what a bucket says of its own points
   * stays exact.
   */
  addPieces(pieces: readonly Placed<Piece>[]): boolean {
    const fits = pieces.every(({ low, high }) => {
      const first = this.bucketOf(low);
      return first >= 0 && this.bucketOf(high) - first <= 1 && this.bucketOf(high) >= 0;
    });
    if (!fits) return false;
    for (const piece of pieces) this.#addPart(this.bucketOf((piece.low + piece.high) / 2), piece);
    return true;
  }

  #addPart(bucket: number, { part, low, high }: Placed<ChunkRow | Piece>): void {
    this.#extend(bucket, part.count, low, high, part.last ?? Number.NaN);
    if (part.finite > 0) {
      const { minimum, maximum } = part;
      this.#addFinite(bucket, part.finite, part.total, minimum ?? Infinity, maximum ?? -Infinity);
    }
  }

  #extend(bucket: number, count: number, first: number, last: number, value: number): void {
    this.counts[bucket] = (this.counts[bucket] ?? 0) + count;
    this.firstPlaces[bucket] = Math.min(this.firstPlaces[bucket] ?? first, first);
    this.lastPlaces[bucket] = Math.max(this.lastPlaces[bucket] ?? last, last);
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
 * Condenses a series: minimum, maximum, mean and last value of each of `pixels` equal intervals of the axis.
 * A chunk that lies within one interval is taken from its header, one of small pieces from theirs; only the others
 * are decoded. The mean is NaN
 * where a bucket has no finite value, the last value is that of the last point in the order of logging.
 */
export function bucketPoints(source: BucketSource, range: BucketRange): Buckets {
  const [low, high] = placeRange(source, range);
  const sums = new Accumulator(Math.max(1, Math.floor(range.pixels)), low, high);
  for (const placed of source.chunks) {
    if (placed.high < low || placed.low > high) continue;
    if (sums.addHeader(placed)) continue;
    const pieces = source.pieces(placed.part);
    if (pieces === null || !sums.addPieces(pieces)) sums.addPoints(source.read(placed.part));
  }
  for (const points of source.open) sums.addPoints(points);
  return collect(sums, low, high);
}

function collect(sums: Accumulator, low: number, high: number): Buckets {
  const filled: number[] = [];
  sums.counts.forEach((count, bucket) => {
    if (count > 0) filled.push(bucket);
  });
  // A plain loop: many times faster than `from` with a function, and done for every series of a chart.
  const pick = (column: Float64Array): Float64Array => {
    const picked = new Float64Array(filled.length);
    for (let row = 0; row < picked.length; row += 1) {
      picked[row] = column[filled[row] ?? 0] ?? Number.NaN;
    }
    return picked;
  };
  const orNaN = (column: Float64Array): Float64Array =>
    pick(column).map((value) => (Number.isFinite(value) ? value : Number.NaN));
  const finites = pick(sums.finites);
  return {
    fromPlace: low,
    toPlace: high,
    firstPlaces: pick(sums.firstPlaces),
    lastPlaces: pick(sums.lastPlaces),
    mins: orNaN(sums.mins),
    maxs: orNaN(sums.maxs),
    means: pick(sums.totals).map((total, row) => total / (finites[row] ?? 0)),
    lasts: pick(sums.lasts),
    counts: pick(sums.counts),
  };
}
