import type { RunRow } from '#contract/routes/runs.ts';
import { columnNamed } from './row-query-terms.ts';
import type { RunColumn } from './run-rows.ts';

export interface QueryCompletion {
  /** What takes the place of the text from `from` to `to`. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Beside it, for the reader: a title or how many runs have the value. */
  readonly detail: string;
}

const mostChoices = 40;
const shownChoices = 12;

/** The term that the cursor stands in: from the last blank, bracket or minus before it. */
function termAt(query: string, cursor: number): { from: number; text: string } {
  const before = query.slice(0, cursor);
  const quotes = before.split('"').length - 1;
  const start =
    quotes % 2 === 1 ? before.lastIndexOf(' ', before.lastIndexOf('"')) : before.lastIndexOf(' ');
  let from = start + 1;
  while (['(', '-'].includes(query.charAt(from)) && from < cursor) from += 1;
  return { from, text: query.slice(from, cursor) };
}

/** Values of a column, the most frequent first. */
function valuesOf(column: RunColumn, rows: readonly RunRow[]): [value: string, count: number][] {
  const counts = new Map<string, number>();
  const add = (value: string): void => void counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const row of rows) {
    if (column.key === 'tags') row.tags.forEach(add);
    else {
      const value = column.value(row);
      if (value !== null && value !== '') add(String(value));
    }
    // A column where every run has its own value needs no list of them.
    if (counts.size > 2000) break;
  }
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, mostChoices);
}

const quoted = (value: string): string => (/[\s()]/.test(value) ? `"${value}"` : value);
const shortName = ({ key }: RunColumn): string => key.replace(/^(metric|config)\./, '');
const runsText = (count: number): string => `${count} ${count === 1 ? 'run' : 'runs'}`;

function fieldChoices(
  term: string,
  columns: readonly RunColumn[],
): [text: string, detail: string][] {
  const wanted = term.toLowerCase();
  const named = columns.map((column) => [shortName(column), column.title] as const);
  const words: [string, string][] = [
    ['has:', 'has any value'],
    ['OR', 'either side'],
  ];
  const fields = named.map(([name, title]): [string, string] => [`${name}:`, title]);
  const starts = ([name]: [string, string]): boolean => name.toLowerCase().startsWith(wanted);
  const holds = ([name, title]: [string, string]): boolean =>
    `${name} ${title}`.toLowerCase().includes(wanted);
  const all = [...fields, ...words];
  return [...all.filter(starts), ...all.filter((each) => !starts(each) && holds(each))];
}

function operatorChoices({ kind }: RunColumn): [text: string, detail: string][] {
  const text: [string, string][] = [
    [':', 'contains'],
    ['=', 'is'],
    ['!=', 'is not'],
  ];
  if (kind === 'text' || kind === 'status') return text;
  return [
    ['>', kind === 'time' ? 'after' : 'more than'],
    ['<', kind === 'time' ? 'before' : 'less than'],
    ['>=', 'at least'],
    ['<=', 'at most'],
    ...text,
  ];
}

const dateChoices: [string, string][] = [
  ['1h', 'an hour ago'],
  ['1d', 'a day ago'],
  ['7d', 'a week ago'],
];

/** What may be typed at the cursor: fields, then operators, then values. */
export function completeQuery(
  query: string,
  cursor: number,
  columns: readonly RunColumn[],
  rows: readonly RunRow[],
): QueryCompletion[] {
  const { from, text } = termAt(query, cursor);
  const byKey = new Map(columns.map((column) => [column.key, column]));
  const at = (start: number, choices: readonly (readonly [string, string])[]): QueryCompletion[] =>
    choices
      .slice(0, shownChoices)
      .map(([choice, detail]) => ({ text: choice, detail, from: start, to: cursor }));
  const [, key = '', operator, begun = ''] =
    /^([A-Za-z][\w./]*)(:|<=|>=|!=|=|<|>)(.*)$/s.exec(text) ?? [];
  if (operator === undefined) {
    const whole = columnNamed(byKey, text);
    const operators = whole === undefined ? [] : at(cursor, operatorChoices(whole));
    return [...operators, ...at(from, fieldChoices(text, columns))].slice(0, shownChoices);
  }
  const last = begun.lastIndexOf(',') + 1;
  const wanted = begun.slice(last).replaceAll('"', '').toLowerCase();
  const start = from + key.length + operator.length + last;
  if (key === 'has') {
    const names = columns.map((column) => [shortName(column), column.title] as const);
    return at(
      start,
      names.filter(([name]) => name.toLowerCase().startsWith(wanted)),
    );
  }
  const column = columnNamed(byKey, key);
  if (column === undefined) return [];
  if (column.kind === 'time')
    return at(
      start,
      dateChoices.filter(([date]) => date.startsWith(wanted)),
    );
  const values = valuesOf(column, rows).filter(([value]) => value.toLowerCase().includes(wanted));
  return at(
    start,
    values.map(([value, count]) => [quoted(value), runsText(count)]),
  ).filter((choice) => choice.text.toLowerCase() !== wanted);
}
