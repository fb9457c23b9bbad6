import type { CheckpointInfo } from '#contract/host.ts';
import type { RevisionWrites } from './revisions.ts';
import type { Sql, Statement } from './sql.ts';

export interface StoredCheckpoint extends CheckpointInfo {
  readonly run: string;
  readonly segment: number;
  readonly createdAt: string;
}

interface CheckpointRow {
  run: string;
  name: string;
  segment: number;
  phase: number;
  step: number;
  bytes: number;
  metric_count: number;
  hash: string;
  final: number;
  created_at: string;
}

export class CheckpointReads {
  readonly #list: Statement<CheckpointRow>;
  readonly #all: Statement<CheckpointRow>;

  constructor(sql: Sql) {
    this.#list = sql.statement(
      'checkpoints.list',
      'SELECT * FROM checkpoints WHERE run = ? ORDER BY number',
    );
    this.#all = sql.statement('checkpoints.all', 'SELECT * FROM checkpoints ORDER BY run, number');
  }

  /** Oldest first. */
  list(run: string): StoredCheckpoint[] {
    return this.#list.all([run]).map(toStored);
  }

  /** Of every run; those of one run together, oldest first. */
  all(): StoredCheckpoint[] {
    return this.#all.all().map(toStored);
  }
}

function toStored(row: CheckpointRow): StoredCheckpoint {
  return {
    run: row.run,
    name: row.name,
    segment: row.segment,
    phase: row.phase,
    step: row.step,
    bytes: row.bytes,
    metricCount: row.metric_count,
    hash: row.hash,
    final: row.final !== 0,
    createdAt: row.created_at,
  };
}

export class CheckpointWrites {
  readonly #sql: Sql;
  readonly #revisions: RevisionWrites;
  readonly #put: Statement;
  readonly #remove: Statement;
  readonly #touchRun: Statement;

  constructor(sql: Sql, revisions: RevisionWrites) {
    this.#sql = sql;
    this.#revisions = revisions;
    this.#put = sql.statement(
      'checkpoints.put',
      `INSERT OR REPLACE INTO checkpoints
       VALUES (:run, :name, (SELECT coalesce(max(number), 0) + 1 FROM checkpoints WHERE run = :run),
         :segment, :phase, :step, :bytes, :metricCount, :hash, :final, :now)`,
    );
    this.#remove = sql.statement(
      'checkpoints.remove',
      'DELETE FROM checkpoints WHERE run = ? AND name = ?',
    );
    this.#touchRun = sql.statement(
      'checkpoints.touchRun',
      'UPDATE runs SET weights_hash = coalesce(:hash, weights_hash), revision = :revision WHERE id = :run',
    );
  }

  /**
   * Records a checkpoint that is on the disk. Durable, and with it every metric point before: a resume never
   * finds a checkpoint whose points are gone.
   */
  put(run: string, segment: number, checkpoint: CheckpointInfo): void {
    this.#sql.writeDurably('checkpoints.put', () => {
      this.#put.run({
        ...checkpoint,
        run,
        segment,
        final: Number(checkpoint.final),
        now: new Date().toISOString(),
      });
      this.#touchRun.run({ run, hash: checkpoint.hash, revision: this.#revisions.next() });
    });
  }

  /** Forgets a checkpoint; durable, so that its folder may be removed afterwards. */
  remove(run: string, name: string): void {
    this.#sql.writeDurably('checkpoints.remove', () => {
      this.#remove.run([run, name]);
      this.#touchRun.run({ run, hash: null, revision: this.#revisions.next() });
    });
  }
}
