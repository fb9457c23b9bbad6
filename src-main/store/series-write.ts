import type { MetricBatch } from '#contract/host.ts';
import { OffrecError } from '#contract/errors.ts';
import {
  chunkPoints,
  concatColumns,
  emptyColumns,
  encodeChunk,
  sliceColumns,
  type PointColumns,
} from './chunk-codec.ts';
import { encodePieces } from './chunk-pieces.ts';
import { parseColumn } from './json.ts';
import type { RevisionWrites } from './revisions.ts';
import type { Direction } from './runs-write.ts';
import { lastQuarterMean } from './series-read.ts';
import { SegmentClock } from './segment-clock.ts';
import { SeriesRows, type ChunkRow, type SeriesRow } from './series-rows.ts';
import {
  addPoints,
  chunkHeader,
  noStatistics,
  type SeriesStatistics,
} from './series-statistics.ts';
import type { Sql, Statement } from './sql.ts';

const largestIndex = 0xffffffff;

interface RunState {
  metric_count: number;
  directions: string;
  open_segment: number | null;
}

/** Series for writing: batches in, chunks sealed, tails cut off. */
export class SeriesWrites {
  readonly #sql: Sql;
  readonly #revisions: RevisionWrites;
  readonly #rows: SeriesRows;
  readonly #runState: Statement<RunState>;
  readonly #setCount: Statement;
  readonly #create: Statement<SeriesRow>;
  readonly #update: Statement;
  readonly #setQuarter: Statement;
  readonly #putOpen: Statement;
  readonly #dropOpen: Statement;
  readonly #putChunk: Statement;
  readonly #dropChunk: Statement;
  readonly #discardChunk: Statement;
  readonly #addDiscarded: Statement;
  readonly #extendTime: Statement;

  constructor(sql: Sql, revisions: RevisionWrites) {
    this.#sql = sql;
    this.#revisions = revisions;
    this.#rows = new SeriesRows(sql);
    this.#runState = sql.statement(
      'series.runState',
      `SELECT metric_count, directions,
         (SELECT max(number) FROM segments WHERE run = runs.id AND ended_at IS NULL) AS open_segment
       FROM runs WHERE id = ?`,
    );
    this.#setCount = sql.statement(
      'series.setCount',
      'UPDATE runs SET metric_count = ? WHERE id = ?',
    );
    this.#create = sql.statement(
      'series.create',
      'INSERT INTO series (run, metric, direction, revision) VALUES (?, ?, ?, 0) RETURNING *',
    );
    this.#update = sql.statement(
      'series.update',
      `UPDATE series SET count = :count, finite = :finite, open_count = :openCount, last = :last,
         minimum = :minimum, maximum = :maximum, mean = :mean, squares = :squares, best = :best,
         best_step = :bestStep, revision = :revision WHERE id = :id`,
    );
    this.#setQuarter = sql.statement(
      'series.setQuarter',
      'UPDATE series SET quarter = ?, quarter_count = ? WHERE id = ?',
    );
    this.#putOpen = sql.statement(
      'openChunks.put',
      'INSERT INTO open_chunks VALUES (:series, :firstIndex, :segment, :count, :points)',
    );
    this.#dropOpen = sql.statement('openChunks.drop', 'DELETE FROM open_chunks WHERE series = ?');
    this.#putChunk = sql.statement(
      'chunks.put',
      `INSERT INTO chunks (series, segment, discarded, first_index, last_index, count, finite, min_step,
         max_step, minimum, maximum, total, last, first_ms, last_ms, pieces, points)
       VALUES (:series, :segment, :discarded, :firstIndex, :lastIndex, :count, :finite, :minStep,
         :maxStep, :minimum, :maximum, :total, :last, :firstMs, :lastMs, :pieces, :points)`,
    );
    this.#dropChunk = sql.statement('chunks.drop', 'DELETE FROM chunks WHERE id = ?');
    this.#discardChunk = sql.statement(
      'chunks.discard',
      'UPDATE chunks SET discarded = 1 WHERE id = ?',
    );
    this.#addDiscarded = sql.statement(
      'segments.addDiscarded',
      'UPDATE segments SET discarded = discarded + ? WHERE run = ? AND number = ?',
    );
    this.#extendTime = sql.statement(
      'segmentTimes.extend',
      `INSERT INTO segment_times VALUES (:run, :segment, :lastMs)
       ON CONFLICT DO UPDATE SET last_ms = max(last_ms, excluded.last_ms)`,
    );
  }

  /**
   * Appends a batch in one transaction and returns the number of live points that the run has now: what may be
   * acknowledged. Points that the store has already are skipped, so a batch may be sent twice. Throws `busy`
   * when the segment has been closed by somebody else, `internal` when points are missing before the batch.
   */
  append(run: string, segment: number, batch: MetricBatch): number {
    return this.#sql.write('series.append', () => {
      const state = this.#runState.get([run]);
      if (state === undefined) throw new OffrecError('not-found', `There is no run ${run}.`);
      if (state.open_segment !== segment) {
        throw new OffrecError('busy', 'The run was taken over by another process.', { where: run });
      }
      const known = state.metric_count - batch.firstIndex;
      if (known < 0) {
        throw new OffrecError('internal', 'Metric points before this batch are missing.', {
          where: `run ${run}, point ${String(state.metric_count)}`,
        });
      }
      const count = batch.firstIndex + batch.series.length;
      if (count > largestIndex) {
        throw new OffrecError('invalid-input', 'A run cannot hold more than 4 billion points.', {
          where: run,
        });
      }
      if (count <= state.metric_count) return state.metric_count;
      const directions = parseColumn<Record<string, Direction>>(state.directions, `run ${run}`);
      const revision = this.#revisions.next();
      for (const [metric, points] of groupBySeries(batch, known)) {
        const row = this.#rows.one(run, metric) ?? this.#createSeries(run, metric, directions);
        this.#appendPoints(row, segment, points, revision);
        this.#extendTime.run({ run, segment, lastMs: points.timesMs.at(-1) ?? 0 });
      }
      this.#setCount.run([count, run]);
      return count;
    });
  }

  /** Seals what is open of every series of the run: at the end of a segment. */
  seal(run: string, segment: number): void {
    this.#sql.write('series.seal', () => {
      for (const row of this.#rows.ofRun(run)) {
        if (row.open_count > 0) {
          this.#sealOpen(row, segment, 1);
          this.#save(row, statisticsOf(row), 0, this.#revisions.next());
        }
        if (row.quarter_count !== row.count) this.#storeQuarter(row);
      }
    });
  }

  /**
   * Cuts the live curve of a run back to its first `count` points. Everything must be sealed. What lies beyond
   * stays as a discarded tail; the summaries are made anew.
   */
  cutBack(run: string, count: number): void {
    this.#sql.write('series.cutBack', () => {
      const revision = this.#revisions.next();
      for (const row of this.#rows.ofRun(run)) {
        const chunks = this.#rows.chunks(row.id);
        const beyond = chunks.filter((chunk) => chunk.last_index >= count);
        if (beyond.length === 0) continue;
        for (const chunk of beyond) this.#cutChunk(run, row.id, chunk, count);
        this.#recompute(row, revision);
      }
      this.#setCount.run([count, run]);
    });
  }

  /**
   * Copies the first `count` live points of a run to another one: the beginning of a fork. Their times become
   * the training time of the source, as if it had been one segment.
   */
  copy(from: string, to: string, segment: number, count: number): void {
    this.#sql.write('series.copy', () => {
      const revision = this.#revisions.next();
      const clock = new SegmentClock(this.#rows.segmentTimes(from));
      for (const source of this.#rows.ofRun(from)) {
        const parts = this.#rows
          .chunks(source.id)
          .map((chunk) => clock.shift(chunk.segment, this.#rows.points(chunk)));
        const open = this.#rows
          .openBySegment(source.id)
          .map((part) => clock.shift(part.segment, part.points));
        const all = concatColumns([...parts, ...open, emptyColumns(0)]);
        const live = all.indices.findIndex((index) => index >= count);
        const kept = sliceColumns(all, 0, live < 0 ? all.indices.length : live);
        if (kept.indices.length === 0) continue;
        const row = this.#createSeries(to, source.metric, { [source.metric]: source.direction });
        this.#appendPoints(row, segment, kept, revision);
        this.#extendTime.run({ run: to, segment, lastMs: kept.timesMs.at(-1) ?? 0 });
      }
      this.seal(to, segment);
      this.#setCount.run([count, to]);
    });
  }

  #createSeries(
    run: string,
    metric: string,
    directions: Readonly<Record<string, Direction>>,
  ): SeriesRow {
    // `eval/rTra` has the direction that the method declares for `rTra`, unless it has its own.
    const family = metric.slice(metric.lastIndexOf('/') + 1);
    const direction = directions[metric] ?? directions[family] ?? 'none';
    const row = this.#create.get([run, metric, direction]);
    if (row === undefined) throw new OffrecError('internal', 'A series could not be created.');
    return row;
  }

  #appendPoints(row: SeriesRow, segment: number, points: PointColumns, revision: number): void {
    this.#putOpen.run({
      series: row.id,
      firstIndex: points.indices[0] ?? 0,
      segment,
      count: points.indices.length,
      points: encodeChunk(points),
    });
    const statistics = statisticsOf(row);
    addPoints(statistics, points, row.direction);
    row.count = statistics.count;
    let openCount = row.open_count + points.indices.length;
    if (openCount >= chunkPoints) openCount = this.#sealOpen(row, segment, chunkPoints);
    this.#save(row, statistics, openCount, revision);
  }

  /** Joins open rows into chunks of 512, keeps a rest shorter than `least` open; returns its length. */
  #sealOpen(row: SeriesRow, segment: number, least: number): number {
    const all = concatColumns(this.#rows.open(row.id));
    this.#dropOpen.run([row.id]);
    let from = 0;
    while (all.indices.length - from >= least && from < all.indices.length) {
      const to = Math.min(all.indices.length, from + chunkPoints);
      this.#insertChunk(row.id, segment, sliceColumns(all, from, to), false);
      from = to;
    }
    const rest = sliceColumns(all, from, all.indices.length);
    if (rest.indices.length > 0) {
      this.#putOpen.run({
        series: row.id,
        firstIndex: rest.indices[0] ?? 0,
        segment,
        count: rest.indices.length,
        points: encodeChunk(rest),
      });
    }
    return rest.indices.length;
  }

  #insertChunk(series: number, segment: number, points: PointColumns, discarded: boolean): void {
    const header = chunkHeader(points);
    this.#putChunk.run({
      ...header,
      last: Number.isNaN(header.last) ? null : header.last,
      series,
      segment,
      discarded: Number(discarded),
      pieces: encodePieces(points),
      points: encodeChunk(points),
    });
  }

  #cutChunk(run: string, series: number, chunk: ChunkRow, count: number): void {
    if (chunk.first_index >= count) {
      this.#discardChunk.run([chunk.id]);
      this.#addDiscarded.run([chunk.count, run, chunk.segment]);
      return;
    }
    const points = this.#rows.points(chunk);
    const cut = points.indices.findIndex((index) => index >= count);
    this.#dropChunk.run([chunk.id]);
    this.#insertChunk(series, chunk.segment, sliceColumns(points, 0, cut), false);
    this.#insertChunk(series, chunk.segment, sliceColumns(points, cut, chunk.count), true);
    this.#addDiscarded.run([chunk.count - cut, run, chunk.segment]);
  }

  #recompute(row: SeriesRow, revision: number): void {
    const statistics = noStatistics();
    for (const chunk of this.#rows.chunks(row.id)) {
      addPoints(statistics, this.#rows.points(chunk), row.direction);
    }
    row.count = statistics.count;
    this.#save(row, statistics, 0, revision);
    this.#storeQuarter(row);
  }

  #save(row: SeriesRow, statistics: SeriesStatistics, openCount: number, revision: number): void {
    this.#update.run({ ...statistics, openCount, revision, id: row.id });
  }

  #storeQuarter(row: SeriesRow): void {
    this.#setQuarter.run([lastQuarterMean(this.#rows, row), row.count, row.id]);
  }
}

function statisticsOf(row: SeriesRow): SeriesStatistics {
  return {
    count: row.count,
    finite: row.finite,
    last: row.last,
    minimum: row.minimum,
    maximum: row.maximum,
    mean: row.mean,
    squares: row.squares,
    best: row.best,
    bestStep: row.best_step,
  };
}

/** The batch's points by metric, without the first `known` ones, in order. */
function groupBySeries(batch: MetricBatch, known: number): Map<string, PointColumns> {
  const rowsOf = new Map<string, number[]>();
  for (let row = known; row < batch.series.length; row += 1) {
    const metric = batch.names[batch.series[row] ?? -1];
    if (metric === undefined) {
      throw new OffrecError('invalid-input', 'A metric point names no series.', {
        where: `point ${String(batch.firstIndex + row)}`,
      });
    }
    const rows = rowsOf.get(metric);
    if (rows === undefined) rowsOf.set(metric, [row]);
    else rows.push(row);
  }
  const grouped = new Map<string, PointColumns>();
  for (const [metric, rows] of rowsOf) {
    const columns = emptyColumns(rows.length);
    rows.forEach((row, position) => {
      columns.indices[position] = batch.firstIndex + row;
      columns.timesMs[position] = Math.min(largestIndex, Math.max(0, batch.timesMs[row] ?? 0));
      columns.steps[position] = batch.steps[row] ?? 0;
      columns.values[position] = batch.values[row] ?? Number.NaN;
    });
    grouped.set(metric, columns);
  }
  return grouped;
}
