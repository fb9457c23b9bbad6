import type Database from 'better-sqlite3';
import { fromSqliteError } from './sqlite-errors.ts';

/** What can be bound to a parameter. JavaScript numbers arrive as REAL: divide with CAST or bind a bigint. */
export type Bindable = string | number | bigint | Buffer | null;
export type Parameters = readonly Bindable[] | Readonly<Record<string, Bindable>>;

export interface SlowQuery {
  readonly name: string;
  readonly durationMs: number;
}

const slowQueryMs = 40;

/** One prepared statement with a name, timed at every use. */
export class Statement<Row = never> {
  readonly name: string;
  readonly #prepared: Database.Statement<unknown[], Row>;
  readonly #owner: Sql;

  constructor(owner: Sql, name: string, prepared: Database.Statement<unknown[], Row>) {
    this.name = name;
    this.#owner = owner;
    this.#prepared = prepared;
  }

  get(parameters: Parameters = []): Row | undefined {
    return this.#owner.timed(this.name, () => this.#prepared.get(...bound(parameters)));
  }

  all(parameters: Parameters = []): Row[] {
    return this.#owner.timed(this.name, () => this.#prepared.all(...bound(parameters)));
  }

  /** Number of rows changed. */
  run(parameters: Parameters = []): number {
    return this.#owner.timed(this.name, () => this.#prepared.run(...bound(parameters)).changes);
  }
}

function bound(parameters: Parameters): unknown[] {
  return Array.isArray(parameters) ? [...(parameters as readonly Bindable[])] : [parameters];
}

/** The connection as repositories see it: named statements, transactions, translated errors. */
export class Sql {
  readonly #database: Database.Database;
  readonly #onSlowQuery: (query: SlowQuery) => void;
  #depth = 0;

  constructor(database: Database.Database, onSlowQuery: (query: SlowQuery) => void) {
    this.#database = database;
    this.#onSlowQuery = onSlowQuery;
  }

  statement<Row = never>(name: string, text: string): Statement<Row> {
    const prepared = this.timed(name, () => this.#database.prepare<unknown[], Row>(text));
    return new Statement<Row>(this, name, prepared);
  }

  /** Several reads of one moment. */
  snapshot<T>(name: string, body: () => T): T {
    return this.#within(name, 'BEGIN DEFERRED', body);
  }

  /** All or nothing, survives the end of this process. Nested calls join the outer transaction. */
  write<T>(name: string, body: () => T): T {
    return this.#within(name, 'BEGIN IMMEDIATE', body);
  }

  /** As `write`, and on the disk before it returns, so that it survives a loss of power too. */
  writeDurably<T>(name: string, body: () => T): T {
    if (this.#depth > 0) return body();
    this.#database.pragma('synchronous = FULL');
    try {
      return this.write(name, body);
    } finally {
      this.#database.pragma('synchronous = NORMAL');
    }
  }

  timed<T>(name: string, body: () => T): T {
    const begin = performance.now();
    try {
      return body();
    } catch (error) {
      throw fromSqliteError(error, `${this.#database.name} (${name})`);
    } finally {
      const durationMs = performance.now() - begin;
      if (durationMs > slowQueryMs) this.#onSlowQuery({ name, durationMs });
    }
  }

  #within<T>(name: string, begin: string, body: () => T): T {
    if (this.#depth > 0) return body();
    this.timed(`${name} begin`, () => this.#database.exec(begin));
    this.#depth += 1;
    try {
      const result = body();
      this.timed(`${name} commit`, () => this.#database.exec('COMMIT'));
      return result;
    } catch (error) {
      // A full disk makes SQLite roll back by itself; a second ROLLBACK would hide the cause.
      if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }
}
