import { decodeChunk, type PointColumns } from './chunk-codec.ts';
import { decodePieces, type Piece } from './chunk-pieces.ts';
import type { Direction } from './runs-write.ts';
import type { Sql, Statement } from './sql.ts';

export interface SeriesRow {
  id: number;
  run: string;
  metric: string;
  direction: Direction;
  count: number;
  finite: number;
  open_count: number;
  last: number | null;
  minimum: number | null;
  maximum: number | null;
  mean: number;
  squares: number;
  best: number | null;
  best_step: number | null;
  quarter: number | null;
  quarter_count: number;
}

/** A sealed chunk without its points. */
export interface ChunkRow {
  id: number;
  segment: number;
  first_index: number;
  last_index: number;
  count: number;
  finite: number;
  min_step: number;
  max_step: number;
  minimum: number | null;
  maximum: number | null;
  total: number;
  last: number | null;
  first_ms: number;
  last_ms: number;
}

export interface OpenRow {
  first_index: number;
  segment: number;
  points: Buffer;
}

const headerColumns =
  'id, segment, first_index, last_index, count, finite, min_step, max_step, minimum, maximum, total, last, first_ms, last_ms';

/** The statements that reading and writing of series share. */
export class SeriesRows {
  readonly #one: Statement<SeriesRow>;
  readonly #ofRun: Statement<SeriesRow>;
  readonly #chunks: Statement<ChunkRow>;
  readonly #points: Statement<{ points: Buffer }>;
  readonly #pieces: Statement<{ id: number; count: number; pieces: Buffer | null }>;
  readonly #open: Statement<OpenRow>;
  readonly #segmentTimes: Statement<{ segment: number; last_ms: number }>;

  constructor(sql: Sql) {
    this.#one = sql.statement('series.one', 'SELECT * FROM series WHERE run = ? AND metric = ?');
    this.#ofRun = sql.statement(
      'series.ofRun',
      'SELECT * FROM series WHERE run = :run AND substr(metric, 1, length(:prefix)) = :prefix ORDER BY metric',
    );
    this.#chunks = sql.statement(
      'chunks.live',
      `SELECT ${headerColumns} FROM chunks WHERE series = ? AND discarded = ? ORDER BY first_index, id`,
    );
    this.#points = sql.statement('chunks.points', 'SELECT points FROM chunks WHERE id = ?');
    this.#pieces = sql.statement(
      'chunks.pieces',
      'SELECT id, count, pieces FROM chunks WHERE series = ? AND discarded = ?',
    );
    this.#open = sql.statement(
      'openChunks.ofSeries',
      'SELECT first_index, segment, points FROM open_chunks WHERE series = ? ORDER BY first_index',
    );
    this.#segmentTimes = sql.statement(
      'segmentTimes.ofRun',
      'SELECT segment, last_ms FROM segment_times WHERE run = ? ORDER BY segment',
    );
  }

  one(run: string, metric: string): SeriesRow | null {
    return this.#one.get([run, metric]) ?? null;
  }

  ofRun(run: string, prefix = ''): SeriesRow[] {
    return this.#ofRun.all({ run, prefix });
  }

  chunks(series: number, discarded = false): ChunkRow[] {
    return this.#chunks.all([series, Number(discarded)]);
  }

  points(chunk: ChunkRow): PointColumns {
    const row = this.#points.get([chunk.id]);
    return decodeChunk(row?.points ?? Buffer.alloc(0), `chunk ${String(chunk.id)}`);
  }

  /** Pieces of a series' chunks by the chunk's id; chunks without them are missing. */
  pieces(series: number, discarded: boolean): ReadonlyMap<number, readonly Piece[]> {
    const found = new Map<number, readonly Piece[]>();
    for (const { id, count, pieces } of this.#pieces.all([series, Number(discarded)])) {
      const decoded = pieces === null ? null : decodePieces(pieces, count);
      if (decoded !== null) found.set(id, decoded);
    }
    return found;
  }

  open(series: number): PointColumns[] {
    return this.openBySegment(series).map(({ points }) => points);
  }

  openBySegment(series: number): { segment: number; points: PointColumns }[] {
    return this.#open.all([series]).map(({ segment, first_index: at, points }) => ({
      segment,
      points: decodeChunk(points, `series ${String(series)} at ${String(at)}`),
    }));
  }

  /** Last time of each segment's points, in milliseconds since its begin; in order of segments. */
  segmentTimes(run: string): { segment: number; last_ms: number }[] {
    return this.#segmentTimes.all([run]);
  }
}
