import type { RunRow } from '#contract/routes/runs.ts';
import { readTerm, type RowTest } from './row-query-terms.ts';
import { QueryMistake, tokensOf, type Token } from './row-query-tokens.ts';
import type { RunColumn } from './run-rows.ts';

/**
 * The language of the filter box. Words are looked for in the label, experiment, method, dataset, id, status, tags
 * and note; `column:text` looks in one column, `column=text` wants it whole, `column<5` and its like compare numbers
 * and dates, `column:2..5` is a range, `has:column` wants any value; `-` negates, blanks mean AND, `OR` and brackets
 * do what they say.
 */
export type QueryResult =
  | { readonly ok: true; readonly test: RowTest }
  | {
      readonly ok: false;
      readonly message: string;
      /** The part of the text that cannot be read. */
      readonly from: number;
      readonly to: number;
    };

class Parser {
  readonly #tokens: readonly Token[];
  readonly #columns: ReadonlyMap<string, RunColumn>;
  readonly #end: number;
  #next = 0;
  mentionsArchived = false;

  constructor(query: string, columns: readonly RunColumn[]) {
    this.#tokens = tokensOf(query);
    this.#columns = new Map(columns.map((column) => [column.key, column]));
    this.#end = query.length;
  }

  whole(): RowTest {
    if (this.#tokens.length === 0) return () => true;
    const test = this.#either();
    const rest = this.#tokens[this.#next];
    if (rest !== undefined) {
      throw new QueryMistake('A bracket closes that was not opened.', rest.from, rest.to);
    }
    return test;
  }

  #either(): RowTest {
    const tests = [this.#all()];
    while (this.#take('or') !== null) tests.push(this.#all());
    return tests.length === 1 ? (tests[0] as RowTest) : (row) => tests.some((test) => test(row));
  }

  #all(): RowTest {
    const tests = [this.#one()];
    while (['term', 'not', 'open'].includes(this.#tokens[this.#next]?.kind ?? ''))
      tests.push(this.#one());
    return (row) => tests.every((test) => test(row));
  }

  #one(): RowTest {
    if (this.#take('not') !== null) {
      const test = this.#one();
      return (row) => !test(row);
    }
    const open = this.#take('open');
    if (open !== null) {
      const test = this.#either();
      if (this.#take('close') !== null) return test;
      throw new QueryMistake('A bracket is not closed.', open.from, open.to);
    }
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'term') {
      const from = token?.from ?? this.#end;
      throw new QueryMistake(this.#missing(), from, token?.to ?? from);
    }
    this.#next += 1;
    if (/^archived\b/.test(token.text)) this.mentionsArchived = true;
    return readTerm(token, this.#columns);
  }

  /** What should have come here, told by what stands before. */
  #missing(): string {
    const before = this.#tokens[this.#next - 1];
    const after = { or: 'OR', not: 'the minus', open: 'the bracket' } as const;
    if (before === undefined || before.kind === 'term' || before.kind === 'close') {
      return 'A condition is missing before this.';
    }
    return `A condition is missing after ${after[before.kind]}.`;
  }

  #take(kind: Token['kind']): Token | null {
    const token = this.#tokens[this.#next];
    if (token?.kind !== kind) return null;
    this.#next += 1;
    return token;
  }
}

const isShown = (row: RunRow): boolean => !row.archived;

/** The test that a query stands for, or what is wrong with it. Archived runs are left out unless it names them. */
export function parseQuery(query: string, columns: readonly RunColumn[]): QueryResult {
  try {
    const parser = new Parser(query, columns);
    const test = parser.whole();
    if (parser.mentionsArchived) return { ok: true, test };
    return { ok: true, test: (row) => isShown(row) && test(row) };
  } catch (error) {
    if (!(error instanceof QueryMistake)) throw error;
    return { ok: false, message: error.message, from: error.from, to: error.to };
  }
}
