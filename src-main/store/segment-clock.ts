import type { PointColumns } from './chunk-codec.ts';

const longestMs = 0xffffffff;

/**
 * Training time of a run over its segments: how long its processes logged, without the pauses between them. Work
 * that a resume left behind counts, because it was spent.
 */
export class SegmentClock {
  readonly #offsetsMs = new Map<number, number>();
  readonly #totalMs: number;

  /** @param segments last time of each segment since its begin, in order of segments */
  constructor(segments: readonly { segment: number; last_ms: number }[]) {
    let offsetMs = 0;
    for (const { segment, last_ms: lastMs } of segments) {
      this.#offsetsMs.set(segment, offsetMs);
      offsetMs += lastMs;
    }
    this.#totalMs = offsetMs;
  }

  /** Seconds of training time at a time of a segment. */
  secondsAt(segment: number, timeMs: number): number {
    return ((this.#offsetsMs.get(segment) ?? this.#totalMs) + timeMs) / 1000;
  }

  /** The points with times since the begin of the first segment. */
  shift(segment: number, points: PointColumns): PointColumns {
    const offsetMs = this.#offsetsMs.get(segment) ?? this.#totalMs;
    if (offsetMs === 0) return points;
    const timesMs = points.timesMs.map((timeMs) => Math.min(longestMs, timeMs + offsetMs));
    return { ...points, timesMs };
  }
}
