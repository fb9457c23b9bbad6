import type { RunRow } from '#contract/routes/runs.ts';
import type { CellValue, RunColumn } from './run-rows.ts';

/**
 * The language of the filter box. Words are looked for in the label, experiment, method, dataset and id;
 * `column:text` looks in one column, `column=text` wants it whole, `column<5` and its like compare numbers;
 * `-` negates, blanks mean AND, `OR` and brackets do what they say.
 */
export type RowTest = (row: RunRow) => boolean;

export type QueryResult =
  { readonly ok: true; readonly test: RowTest } | { readonly ok: false; readonly message: string };

interface Token {
  readonly kind: 'open' | 'close' | 'or' | 'not' | 'term';
  readonly text: string;
}

class QueryMistake extends Error {}

const tokenPattern = /\s*(?:(\()|(\))|(-)(?=\S)|((?:"[^"]*"|[^\s()"])+))/y;
const termPattern = /^([A-Za-z][\w.]*)(:|<=|>=|!=|=|<|>)(.+)$/s;
const searched = ['label', 'experiment', 'method', 'dataset', 'id', 'status'];

function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  tokenPattern.lastIndex = 0;
  const end = query.trimEnd().length;
  while (tokenPattern.lastIndex < end) {
    const match = tokenPattern.exec(query);
    if (match === null) throw new QueryMistake('A quotation mark is not closed.');
    const [, open, close, not, term = ''] = match;
    if (open !== undefined) tokens.push({ kind: 'open', text: open });
    else if (close !== undefined) tokens.push({ kind: 'close', text: close });
    else if (not !== undefined) tokens.push({ kind: 'not', text: not });
    else if (term === 'OR') tokens.push({ kind: 'or', text: term });
    else if (term !== 'AND') tokens.push({ kind: 'term', text: term });
  }
  return tokens;
}

const unquoted = (text: string): string => text.replaceAll('"', '');

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const asText = (value: CellValue): string => (value === null ? '' : String(value).toLowerCase());

function columnTest(column: RunColumn, operator: string, wanted: string): RowTest {
  const compare = comparisons[operator];
  if (compare !== undefined) {
    const limit = column.kind === 'time' ? Date.parse(wanted) : Number(wanted);
    if (Number.isNaN(limit)) throw new QueryMistake(`${wanted} is not a number.`);
    return (row) => {
      const value = column.value(row);
      const number = column.kind === 'time' ? Date.parse(String(value)) : value;
      return typeof number === 'number' && compare(number, limit);
    };
  }
  const choices = wanted.toLowerCase().split(',');
  if (operator === ':')
    return (row) => choices.some((part) => asText(column.value(row)).includes(part));
  const equal: RowTest = (row) => choices.includes(asText(column.value(row)));
  return operator === '=' ? equal : (row) => !equal(row);
}

function termTest(text: string, columns: ReadonlyMap<string, RunColumn>): RowTest {
  const match = text.startsWith('"') ? null : termPattern.exec(text);
  if (match === null) {
    const word = unquoted(text).toLowerCase();
    const places = searched.flatMap((key) => columns.get(key) ?? []);
    return (row) => places.some((column) => asText(column.value(row)).includes(word));
  }
  const [, key = '', operator = '', wanted = ''] = match;
  const column = columns.get(key) ?? columns.get(`metric.${key}`) ?? columns.get(`config.${key}`);
  if (column === undefined) throw new QueryMistake(`There is no column ${key}.`);
  return columnTest(column, operator, unquoted(wanted));
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #columns: ReadonlyMap<string, RunColumn>;
  #next = 0;

  constructor(tokens: readonly Token[], columns: ReadonlyMap<string, RunColumn>) {
    this.#tokens = tokens;
    this.#columns = columns;
  }

  whole(): RowTest {
    if (this.#tokens.length === 0) return () => true;
    const test = this.#either();
    if (this.#next < this.#tokens.length)
      throw new QueryMistake('A bracket closes that was not opened.');
    return test;
  }

  #either(): RowTest {
    const tests = [this.#all()];
    while (this.#take('or')) tests.push(this.#all());
    return tests.length === 1 ? (tests[0] as RowTest) : (row) => tests.some((test) => test(row));
  }

  #all(): RowTest {
    const tests = [this.#one()];
    while (['term', 'not', 'open'].includes(this.#tokens[this.#next]?.kind ?? ''))
      tests.push(this.#one());
    return (row) => tests.every((test) => test(row));
  }

  #one(): RowTest {
    if (this.#take('not')) {
      const test = this.#one();
      return (row) => !test(row);
    }
    if (this.#take('open')) {
      const test = this.#either();
      if (!this.#take('close')) throw new QueryMistake('A bracket is not closed.');
      return test;
    }
    const token = this.#tokens[this.#next];
    if (token?.kind !== 'term') throw new QueryMistake('Something is missing in the filter.');
    this.#next += 1;
    return termTest(token.text, this.#columns);
  }

  #take(kind: Token['kind']): boolean {
    if (this.#tokens[this.#next]?.kind !== kind) return false;
    this.#next += 1;
    return true;
  }
}

/** The test that a query stands for, or what is wrong with it. */
export function parseQuery(query: string, columns: readonly RunColumn[]): QueryResult {
  try {
    const byKey = new Map(columns.map((column) => [column.key, column]));
    return { ok: true, test: new Parser(tokensOf(query), byKey).whole() };
  } catch (error) {
    if (error instanceof QueryMistake) return { ok: false, message: error.message };
    throw error;
  }
}
