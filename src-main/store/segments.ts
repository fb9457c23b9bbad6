import type { Segment } from '#contract/routes/runs.ts';
import type { SeriesWrites } from './series-write.ts';
import type { Sql, Statement } from './sql.ts';

export type SegmentOutcome = NonNullable<Segment['outcome']>;

interface SegmentRow {
  number: number;
  started_at: string;
  ended_at: string | null;
  outcome: SegmentOutcome | null;
  reason: string | null;
  from_checkpoint: string | null;
  first_index: number;
  discarded: number;
}

export class SegmentReads {
  readonly #list: Statement<SegmentRow>;

  constructor(sql: Sql) {
    this.#list = sql.statement(
      'segments.list',
      'SELECT * FROM segments WHERE run = ? ORDER BY number',
    );
  }

  list(run: string): Segment[] {
    return this.#list.all([run]).map((row) => ({
      number: row.number,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      outcome: row.outcome,
      reason: row.reason,
      fromCheckpoint: row.from_checkpoint,
      firstIndex: row.first_index,
      discarded: row.discarded,
    }));
  }
}

/** Segments for writing. At most one of a run is open: whoever closes it shuts the door on its host's metrics. */
export class SegmentWrites {
  readonly #sql: Sql;
  readonly #reads: SegmentReads;
  readonly #series: SeriesWrites;
  readonly #insert: Statement;
  readonly #end: Statement;

  constructor(sql: Sql, reads: SegmentReads, series: SeriesWrites) {
    this.#sql = sql;
    this.#reads = reads;
    this.#series = series;
    this.#insert = sql.statement(
      'segments.insert',
      `INSERT INTO segments (run, number, started_at, from_checkpoint, first_index)
       VALUES (:run, :number, :now, :fromCheckpoint, :firstIndex)`,
    );
    this.#end = sql.statement(
      'segments.end',
      `UPDATE segments SET ended_at = :now, outcome = :outcome, reason = :reason
       WHERE run = :run AND number = :number AND ended_at IS NULL`,
    );
  }

  /**
   * Opens the next segment at live point `firstIndex`; points beyond it become a discarded tail. An open
   * segment is closed as interrupted first. Returns the new segment's number.
   */
  begin(run: string, fromCheckpoint: string | null, firstIndex: number): number {
    return this.#sql.writeDurably('segments.begin', () => {
      const before = this.#reads.list(run);
      const open = before.find((segment) => segment.endedAt === null);
      if (open !== undefined) this.end(run, open.number, 'interrupted', 'the process ended');
      this.#series.cutBack(run, firstIndex);
      const number = (before.at(-1)?.number ?? 0) + 1;
      this.#insert.run({ run, number, now: new Date().toISOString(), fromCheckpoint, firstIndex });
      return number;
    });
  }

  /** Closes a segment and seals its series. False, and nothing happens, when it is closed already. */
  end(run: string, number: number, outcome: SegmentOutcome, reason: string | null): boolean {
    return this.#sql.writeDurably('segments.end', () => {
      const now = new Date().toISOString();
      const closed = this.#end.run({ run, number, outcome, reason, now });
      if (closed === 1) this.#series.seal(run, number);
      return closed === 1;
    });
  }
}
