import type { LogLine } from '#contract/routes/runs.ts';
import type { RevisionWrites } from './revisions.ts';
import type { Sql, Statement } from './sql.ts';

export type LogLevel = LogLine['level'];

/** Lines kept of one run; a loop that logs without end loses its oldest. */
const keptLines = 5000;
const longestMessage = 4000;

export class LogReads {
  readonly #after: Statement<LogLine>;
  readonly #tail: Statement<LogLine>;

  constructor(sql: Sql) {
    const columns = 'id, segment, time, level, message';
    this.#after = sql.statement(
      'logs.after',
      `SELECT ${columns} FROM logs WHERE run = ? AND id > ? ORDER BY id LIMIT ?`,
    );
    this.#tail = sql.statement(
      'logs.tail',
      `SELECT * FROM (SELECT ${columns} FROM logs WHERE run = ? AND id > ? ORDER BY id DESC LIMIT ?) ORDER BY id`,
    );
  }

  after(run: string, after: number, limit: number): LogLine[] {
    return this.#after.all([run, after, limit]);
  }

  tail(run: string, after: number, limit: number): LogLine[] {
    return this.#tail.all([run, after, limit]);
  }
}

export class LogWrites {
  readonly #sql: Sql;
  readonly #revisions: RevisionWrites;
  readonly #insert: Statement<{ id: number }>;
  readonly #trim: Statement;

  constructor(sql: Sql, revisions: RevisionWrites) {
    this.#sql = sql;
    this.#revisions = revisions;
    this.#insert = sql.statement(
      'logs.insert',
      `INSERT INTO logs (run, segment, time, level, message, revision)
       VALUES (?, ?, ?, ?, ?, ?) RETURNING id`,
    );
    this.#trim = sql.statement(
      'logs.trim',
      `DELETE FROM logs WHERE run = :run AND id <=
         (SELECT id FROM logs WHERE run = :run ORDER BY id DESC LIMIT 1 OFFSET ${String(keptLines)})`,
    );
  }

  add(run: string, segment: number, level: LogLevel, message: string): void {
    this.#sql.write('logs.add', () => {
      const time = new Date().toISOString();
      const text = message.slice(0, longestMessage);
      const row = this.#insert.get([run, segment, time, level, text, this.#revisions.next()]);
      // Not at every line: the count of a run is only near its limit once in many lines.
      if (row !== undefined && row.id % 100 === 0) this.#trim.run({ run });
    });
  }
}
