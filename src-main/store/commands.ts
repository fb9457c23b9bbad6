import type { WireError } from '#contract/errors.ts';
import { parseNullable } from './json.ts';
import type { Sql, Statement } from './sql.ts';

export type CommandKind = 'pause' | 'stop' | 'checkpoint';

/** What one process asks of the owner of the queue. */
export interface Command {
  readonly id: number;
  readonly kind: CommandKind;
  readonly run: string;
}

export type CommandAnswer =
  { readonly done: false } | { readonly done: true; error: WireError | null };

const keptAnswersMs = 3_600_000;

export class CommandReads {
  readonly #pending: Statement<Command>;
  readonly #answer: Statement<{ answered_ms: number | null; error: string | null }>;

  constructor(sql: Sql) {
    this.#pending = sql.statement(
      'commands.pending',
      'SELECT id, kind, run FROM commands WHERE answered_ms IS NULL ORDER BY id',
    );
    this.#answer = sql.statement(
      'commands.answer',
      'SELECT answered_ms, error FROM commands WHERE id = ?',
    );
  }

  pending(): Command[] {
    return this.#pending.all();
  }

  answer(id: number): CommandAnswer {
    const row = this.#answer.get([id]);
    if (row === undefined || row.answered_ms === null) return { done: false };
    return { done: true, error: parseNullable<WireError>(row.error, `command ${String(id)}`) };
  }
}

export class CommandWrites {
  readonly #sql: Sql;
  readonly #insert: Statement<{ id: number }>;
  readonly #finish: Statement;
  readonly #forget: Statement;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#insert = sql.statement(
      'commands.insert',
      'INSERT INTO commands (kind, run, created_ms) VALUES (?, ?, ?) RETURNING id',
    );
    this.#finish = sql.statement(
      'commands.finish',
      'UPDATE commands SET answered_ms = ?, error = ? WHERE id = ? AND answered_ms IS NULL',
    );
    this.#forget = sql.statement('commands.forget', 'DELETE FROM commands WHERE created_ms < ?');
  }

  add(kind: CommandKind, run: string): number {
    return this.#sql.write('commands.add', () => {
      const now = Date.now();
      this.#forget.run([now - keptAnswersMs]);
      return this.#insert.get([kind, run, now])?.id ?? 0;
    });
  }

  answer(id: number, error: WireError | null): void {
    this.#finish.run([Date.now(), error === null ? null : JSON.stringify(error), id]);
  }
}
