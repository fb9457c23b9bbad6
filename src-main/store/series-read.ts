import type { ComparedMetric } from '#contract/routes/compare.ts';
import type { SeriesAxis } from '#contract/routes/runs.ts';
import type { MetricSummary } from '#contract/run.ts';
import { bucketPoints, type BucketRange, type Buckets } from './buckets.ts';
import { concatColumns, emptyColumns, sliceColumns, type PointColumns } from './chunk-codec.ts';
import { SeriesPlaces } from './series-axis.ts';
import { SeriesRows, type SeriesRow } from './series-rows.ts';
import { quarterLength, sampleDeviation } from './series-statistics.ts';
import type { Sql, Statement } from './sql.ts';

/**
 * Mean of the finite values of the last quarter of the live points; null when there is none. Summed point by
 * point in their order, so that the bits do not depend on where chunks end.
 */
export function lastQuarterMean(rows: SeriesRows, series: SeriesRow): number | null {
  let missing = quarterLength(series.count);
  const parts: PointColumns[] = [];
  const add = (count: number, read: () => PointColumns): void => {
    if (missing <= 0) return;
    parts.push(sliceColumns(read(), Math.max(0, count - missing), count));
    missing -= count;
  };
  for (const points of rows.open(series.id).reverse()) add(points.values.length, () => points);
  for (const chunk of rows.chunks(series.id).reverse()) add(chunk.count, () => rows.points(chunk));
  let finite = 0;
  let total = 0;
  for (const points of parts.reverse()) {
    for (const value of points.values) {
      if (!Number.isFinite(value)) continue;
      finite += 1;
      total += value;
    }
  }
  return finite === 0 ? null : total / finite;
}

export interface BucketChoice {
  readonly axis?: SeriesAxis;
  readonly discarded?: boolean;
}

/** Series for reading: summaries, points, buckets. Discarded tails are only in `discardedPoints`. */
export class SeriesReads {
  readonly #sql: Sql;
  readonly #rows: SeriesRows;
  readonly #places: SeriesPlaces;
  readonly #presence: Statement<ComparedMetric>;
  readonly #lasts: Statement<{ run: string; metric: string; last: number | null }>;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#rows = new SeriesRows(sql);
    this.#places = new SeriesPlaces(this.#rows);
    this.#presence = sql.statement(
      'series.presence',
      `SELECT metric, count(*) AS runs, max(count) AS points, max(direction) AS direction FROM series
       WHERE run IN (SELECT value FROM json_each(?)) AND count > 0 GROUP BY metric ORDER BY metric`,
    );
    this.#lasts = sql.statement(
      'series.lasts',
      `SELECT run, metric, last FROM json_each(:runs) AS named CROSS JOIN json_each(:metrics) AS wanted
         CROSS JOIN series ON series.run = named.value AND series.metric = wanted.value AND count > 0`,
    );
  }

  /** Of the series that have live points and whose name begins with `prefix`. */
  summaries(run: string, prefix = ''): MetricSummary[] {
    return this.#sql.snapshot('series.summaries', () =>
      this.#rows
        .ofRun(run, prefix)
        .filter((row) => row.count > 0)
        .map((row) => this.#summary(row)),
    );
  }

  /** Last values of several runs by run and metric: of the named metrics that have live points. */
  lastsOf(
    runs: readonly string[],
    metrics: readonly string[],
  ): ReadonlyMap<string, Record<string, number | null>> {
    const found = new Map<string, Record<string, number | null>>();
    const named = { runs: JSON.stringify(runs), metrics: JSON.stringify(metrics) };
    for (const { run, metric, last } of this.#lasts.all(named)) {
      const ofRun = found.get(run) ?? {};
      ofRun[metric] = last;
      found.set(run, ofRun);
    }
    return found;
  }

  summary(run: string, metric: string): MetricSummary | null {
    return this.#sql.snapshot('series.summary', () => {
      const row = this.#rows.one(run, metric);
      return row === null || row.count === 0 ? null : this.#summary(row);
    });
  }

  /** The metrics that any of the runs has points of. */
  presence(runs: readonly string[]): ComparedMetric[] {
    return this.#presence.all([JSON.stringify(runs)]);
  }

  /** Live points `from` to `from + limit` of a series, and how many it has. */
  points(run: string, metric: string, from = 0, limit = Infinity): [PointColumns, number] | null {
    return this.#sql.snapshot('series.points', () => {
      const row = this.#rows.one(run, metric);
      if (row === null) return null;
      const parts: PointColumns[] = [];
      let at = 0;
      const take = (count: number, read: () => PointColumns): void => {
        const first = Math.max(0, from - at);
        const last = Math.min(count, from + limit - at);
        if (first < last) parts.push(sliceColumns(read(), first, last));
        at += count;
      };
      for (const chunk of this.#rows.chunks(row.id)) {
        take(chunk.count, () => this.#rows.points(chunk));
      }
      for (const open of this.#rows.open(row.id)) take(open.values.length, () => open);
      return [parts.length === 0 ? emptyColumns(0) : concatColumns(parts), row.count];
    });
  }

  /** Value of the newest live point whose index is below `index`; null without one. Reads one chunk of points. */
  valueBefore(run: string, metric: string, index: number): number | null {
    const newestOf = ({ indices, values }: PointColumns): number | undefined =>
      values[indices.findLastIndex((each) => each < index)];
    return this.#sql.snapshot('series.valueBefore', () => {
      const row = this.#rows.one(run, metric);
      if (row === null) return null;
      for (const open of this.#rows.open(row.id).reverse()) {
        const value = newestOf(open);
        if (value !== undefined) return value;
      }
      const chunk = this.#rows.chunks(row.id).findLast(({ first_index: first }) => first < index);
      return chunk === undefined ? null : (newestOf(this.#rows.points(chunk)) ?? null);
    });
  }

  /** What was logged and then left behind by a resume from an older checkpoint, oldest first. */
  discardedPoints(run: string, metric: string): PointColumns {
    return this.#sql.snapshot('series.discarded', () => {
      const row = this.#rows.one(run, metric);
      const chunks = row === null ? [] : this.#rows.chunks(row.id, true);
      if (chunks.length === 0) return emptyColumns(0);
      return concatColumns(chunks.map((chunk) => this.#rows.points(chunk)));
    });
  }

  /**
   * At most `pixels` buckets of equal width over the axis from `fromPlace` to `toPlace`; of the live points, or
   * of those that resumes left behind.
   */
  buckets(
    run: string,
    metric: string,
    { axis = 'step', discarded = false, ...range }: BucketRange & BucketChoice,
  ): (Buckets & { total: number; segmentStarts: Float64Array }) | null {
    return this.#sql.snapshot('series.buckets', () => {
      const row = this.#rows.one(run, metric);
      if (row === null) return null;
      const source = this.#places.source(row, axis, discarded);
      if (source.chunks.length + source.open.length === 0) return null;
      const tail = source.chunks.reduce((sum, { part }) => sum + part.count, 0);
      const segmentStarts = Float64Array.from(source.segmentStarts);
      const total = discarded ? tail : row.count;
      return { ...bucketPoints(source, range), total, segmentStarts };
    });
  }

  #summary(row: SeriesRow): MetricSummary {
    const quarter =
      row.quarter_count === row.count ? row.quarter : lastQuarterMean(this.#rows, row);
    return {
      metric: row.metric,
      count: row.count,
      finite: row.finite,
      last: row.last,
      min: row.minimum,
      max: row.maximum,
      mean: row.finite === 0 ? null : row.mean,
      std: sampleDeviation(row.finite, row.squares),
      lastQuarter: quarter,
      best: row.best,
      bestStep: row.best_step,
    };
  }
}
