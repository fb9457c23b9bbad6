import type { RunRow } from '#contract/routes/runs.ts';
import { QueryMistake, type Token } from './row-query-tokens.ts';
import type { CellValue, RunColumn } from './run-rows.ts';

export type RowTest = (row: RunRow) => boolean;
type Columns = ReadonlyMap<string, RunColumn>;

const termPattern = /^([A-Za-z][\w./]*)(:|<=|>=|!=|=|<|>)(.+)$/s;
const agoPattern = /^(\d+(?:\.\d+)?)(min|h|d|w)$/;
const agoMs = { min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const searched = ['label', 'experiment', 'method', 'dataset', 'id', 'status', 'tags', 'note'];

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const unquoted = (text: string): string => text.replaceAll('"', '');
const asText = (value: CellValue): string => (value === null ? '' : String(value).toLowerCase());

/** A row's words do not change as long as it is the same row. */
const wordsOfRow = new WeakMap<RunRow, string>();

function wordsOf(row: RunRow, places: readonly RunColumn[]): string {
  const known = wordsOfRow.get(row);
  if (known !== undefined) return known;
  const words = places.map((column) => asText(column.value(row))).join('\n');
  wordsOfRow.set(row, words);
  return words;
}

/** The column of a name: `rTra` and `learningRate` are short for `metric.rTra` and `config.learningRate`. */
export function columnNamed(columns: Columns, key: string): RunColumn | undefined {
  return columns.get(key) ?? columns.get(`metric.${key}`) ?? columns.get(`config.${key}`);
}

/** A number, a date (local time), or how long ago: `2026-03-01`, `7d`, `2h`. NaN when it is none. */
function limitOf(column: RunColumn, text: string): number {
  if (column.kind !== 'time') return text.trim() === '' ? Number.NaN : Number(text);
  const [, count, unit] = agoPattern.exec(text) ?? [];
  if (count === undefined) {
    return Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text);
  }
  return Date.now() - Number(count) * agoMs[unit as keyof typeof agoMs];
}

function numberIn(column: RunColumn, row: RunRow): number {
  const value = column.value(row);
  if (column.kind === 'time') return typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return typeof value === 'number' ? value : Number.NaN;
}

function required(column: RunColumn, text: string, token: Token): number {
  const limit = limitOf(column, text);
  if (!Number.isNaN(limit)) return limit;
  const what = column.kind === 'time' ? 'date, such as 2026-03-01 or 7d' : 'number';
  throw new QueryMistake(`${text} is not a ${what}.`, token.to - text.length, token.to);
}

function rangeTest(column: RunColumn, wanted: string, token: Token): RowTest | null {
  const [, from, to] = /^(.*?)\.\.(.*)$/.exec(wanted) ?? [];
  if (from === undefined || to === undefined || column.kind === 'text') return null;
  const low = from === '' ? -Infinity : required(column, from, token);
  const high = to === '' ? Infinity : required(column, to, token);
  return (row) => {
    const value = numberIn(column, row);
    return value >= low && value <= high;
  };
}

function columnTest(column: RunColumn, operator: string, wanted: string, token: Token): RowTest {
  const compare = comparisons[operator];
  if (compare !== undefined) {
    const limit = required(column, wanted, token);
    return (row) => compare(numberIn(column, row), limit);
  }
  const range = rangeTest(column, wanted, token);
  if (range !== null) return operator === '!=' ? (row) => !range(row) : range;
  const choices = wanted.toLowerCase().split(',');
  if (operator === ':') {
    return (row) => {
      const text = asText(column.value(row));
      return choices.some((part) => text.includes(part));
    };
  }
  const equal: RowTest = (row) => choices.includes(asText(column.value(row)));
  return operator === '=' ? equal : (row) => !equal(row);
}

function missing(key: string, token: Token): QueryMistake {
  return new QueryMistake(`There is no column ${key}.`, token.from, token.from + key.length);
}

/** What one term of a filter wants of a row. */
export function readTerm(token: Token, columns: Columns): RowTest {
  const match = token.text.startsWith('"') ? null : termPattern.exec(token.text);
  if (match === null) {
    const word = unquoted(token.text).toLowerCase();
    const places = searched.flatMap((key) => columns.get(key) ?? []);
    return (row) => wordsOf(row, places).includes(word);
  }
  const [, key = '', operator = '', quoted = ''] = match;
  const wanted = unquoted(quoted);
  if (key === 'has') {
    const held = columnNamed(columns, wanted) ?? columnNamed(columns, `${wanted}s`);
    if (held === undefined) throw missing(wanted, token);
    return (row) => ![null, ''].includes(held.value(row) as string | null);
  }
  const column = columnNamed(columns, key);
  if (column === undefined) throw missing(key, token);
  return columnTest(column, operator, wanted, token);
}
