import type { SeriesAxis } from '#contract/routes/runs.ts';
import type { BucketSource, Placed, PlacedPoints } from './buckets.ts';
import type { PointColumns } from './chunk-codec.ts';
import type { Piece } from './chunk-pieces.ts';
import { SegmentClock } from './segment-clock.ts';
import type { ChunkRow, SeriesRow, SeriesRows } from './series-rows.ts';

/** The series whose steps tell a run's epoch, the first that the run has: what evaluations and losses log. */
const clockFamilies = ['train/', 'eval/'];

type Timed = Pick<ChunkRow, 'min_step' | 'max_step' | 'first_ms' | 'last_ms'>;

interface Placing {
  /** Places of the first and the last point, which are the least and the greatest. */
  range(part: Timed, segment: number): readonly [number, number];
  places(segment: number, points: PointColumns): Float64Array;
}

const bySteps: Placing = {
  range: (part) => [part.min_step, part.max_step],
  places: (_segment, points) => points.steps,
};

/** Places that depend only on training time and grow with it. */
function byTime(clock: SegmentClock, placeOf: (seconds: number) => number): Placing {
  const at = (segment: number, timeMs: number): number => placeOf(clock.secondsAt(segment, timeMs));
  return {
    range: ({ first_ms: first, last_ms: last }, segment) => [at(segment, first), at(segment, last)],
    places: (segment, { timesMs }) => Float64Array.from(timesMs, (timeMs) => at(segment, timeMs)),
  };
}

/** A run's epoch at a training time: straight between two points of its clock, 0 before them. */
interface EpochClock {
  readonly seconds: readonly number[];
  readonly epochs: readonly number[];
}

function epochAt({ seconds, epochs }: EpochClock, second: number): number {
  let low = 0;
  let high = seconds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seconds[middle] ?? 0) <= second) low = middle + 1;
    else high = middle;
  }
  const [beforeS, beforeEpoch] = [seconds[low - 1] ?? 0, epochs[low - 1] ?? 0];
  const [nextS, nextEpoch] = [seconds[low], epochs[low]];
  if (nextS === undefined || nextEpoch === undefined || nextS === beforeS) return beforeEpoch;
  return beforeEpoch + ((nextEpoch - beforeEpoch) * (second - beforeS)) / (nextS - beforeS);
}

/** First place of every segment but the first that the series has. */
function startsOf(parts: readonly { segment: number; place: number }[]): number[] {
  return parts
    .filter(({ segment }, at) => at > 0 && parts[at - 1]?.segment !== segment)
    .map(({ place }) => place);
}

export interface SegmentedSource extends BucketSource {
  readonly segmentStarts: readonly number[];
}

/** Places the points of one run's series on an axis. */
export class SeriesPlaces {
  readonly #rows: SeriesRows;

  constructor(rows: SeriesRows) {
    this.#rows = rows;
  }

  /**
   * What buckets are made of. `time`: seconds of training time. `epoch`: a series that is logged by epochs has
   * them as its steps; whatever else is logged stands at the epoch that the run had reached at that time.
   */
  source(row: SeriesRow, axis: SeriesAxis, discarded: boolean): SegmentedSource {
    const placing = this.#placing(row, axis);
    const place = (segment: number, points: PointColumns): PlacedPoints => ({
      places: placing.places(segment, points),
      values: points.values,
    });
    const placed = <Part extends Timed>(part: Part, segment: number): Placed<Part> => {
      const [low, high] = placing.range(part, segment);
      return { part, low, high };
    };
    const open = discarded ? [] : this.#rows.openBySegment(row.id);
    let pieces: ReadonlyMap<number, readonly Piece[]> | null = null;
    const chunks = this.#rows
      .chunks(row.id, discarded)
      .map((chunk) => placed(chunk, chunk.segment));
    const openPlaced = open.map(({ segment, points }) => ({ segment, ...place(segment, points) }));
    return {
      chunks,
      segmentStarts: startsOf([
        ...chunks.map(({ part, low }) => ({ segment: part.segment, place: low })),
        ...openPlaced.map(({ segment, places }) => ({ segment, place: places[0] ?? 0 })),
      ]),
      pieces: ({ id, segment }) => {
        pieces ??= this.#rows.pieces(row.id, discarded);
        return pieces.get(id)?.map((piece) => placed(piece, segment)) ?? null;
      },
      read: (chunk) => place(chunk.segment, this.#rows.points(chunk)),
      open: openPlaced,
    };
  }

  #placing(row: SeriesRow, axis: SeriesAxis): Placing {
    if (axis === 'step') return bySteps;
    const clock = new SegmentClock(this.#rows.segmentTimes(row.run));
    if (axis === 'time') return byTime(clock, (seconds) => seconds);
    if (!row.metric.startsWith('system/')) return bySteps;
    const epochs = this.#epochClock(row.run, clock);
    return epochs === null ? bySteps : byTime(clock, (seconds) => epochAt(epochs, seconds));
  }

  #epochClock(run: string, clock: SegmentClock): EpochClock | null {
    const candidates = clockFamilies.map((family) => this.#rows.ofRun(run, family));
    const [row] = candidates.find((found) => found.length > 0) ?? [];
    if (row === undefined) return null;
    const seconds: number[] = [];
    const epochs: number[] = [];
    const add = (segment: number, points: PointColumns): void => {
      for (const [at, step] of points.steps.entries()) {
        seconds.push(clock.secondsAt(segment, points.timesMs[at] ?? 0));
        epochs.push(step);
      }
    };
    for (const chunk of this.#rows.chunks(row.id)) add(chunk.segment, this.#rows.points(chunk));
    for (const { segment, points } of this.#rows.openBySegment(row.id)) add(segment, points);
    return { seconds, epochs };
  }
}
