import type { Sql, Statement } from './sql.ts';

export type Topic = 'experiments' | 'datasets' | 'queue' | 'references' | 'settings' | 'saved';

/** What is newer than a revision. */
export interface Changes {
  readonly revision: number;
  readonly runs: string[];
  readonly series: { run: string; metric: string; count: number }[];
  readonly logs: string[];
  readonly topics: Topic[];
}

export class RevisionReads {
  readonly #sql: Sql;
  readonly #current: Statement<{ value: number }>;
  readonly #runs: Statement<{ id: string }>;
  readonly #series: Statement<{ run: string; metric: string; count: number }>;
  readonly #logs: Statement<{ run: string }>;
  readonly #topics: Statement<{ name: Topic }>;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#current = sql.statement('revision.current', 'SELECT value FROM revision');
    this.#runs = sql.statement('revision.runs', 'SELECT id FROM runs WHERE revision > ?');
    this.#series = sql.statement(
      'revision.series',
      'SELECT run, metric, count FROM series WHERE revision > ?',
    );
    this.#logs = sql.statement('revision.logs', 'SELECT DISTINCT run FROM logs WHERE revision > ?');
    this.#topics = sql.statement('revision.topics', 'SELECT name FROM topics WHERE revision > ?');
  }

  current(): number {
    return this.#current.get()?.value ?? 0;
  }

  since(revision: number): Changes {
    return this.#sql.snapshot('revision.since', () => ({
      revision: this.current(),
      runs: this.#runs.all([revision]).map((row) => row.id),
      series: this.#series.all([revision]),
      logs: this.#logs.all([revision]).map((row) => row.run),
      topics: this.#topics.all([revision]).map((row) => row.name),
    }));
  }
}

export class RevisionWrites {
  readonly #next: Statement<{ value: number }>;
  readonly #touch: Statement;

  constructor(sql: Sql) {
    this.#next = sql.statement(
      'revision.next',
      'UPDATE revision SET value = value + 1 RETURNING value',
    );
    this.#touch = sql.statement('revision.touch', 'INSERT OR REPLACE INTO topics VALUES (?, ?)');
  }

  /** A new number, larger than all before. Call it inside the transaction of the change. */
  next(): number {
    return this.#next.get()?.value ?? 0;
  }

  touch(topic: Topic): void {
    this.#touch.run([topic, this.next()]);
  }
}
