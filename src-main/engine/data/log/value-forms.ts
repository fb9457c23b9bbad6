import type { decimalMarks } from '#contract/log-file.ts';

export type DecimalMark = (typeof decimalMarks)[number];

/** How a log writes its numbers and times. */
export interface ValueForms {
  readonly decimal: DecimalMark;
  /** A strptime pattern, such as `%d.%m.%Y %H:%M`; null for ISO 8601 dates and for numbers. */
  readonly timeFormat: string | null;
}

type Values = readonly (string | null)[];

const wholePattern = /^[+-]?\d+$/;
const commaPattern = /^[+-]?\d+,\d+$/;
const pointPattern = /^[+-]?\d*\.\d+$/;
/** Points of thousands before the comma included. */
const anyCommaPattern = /^[+-]?\d+(\.\d{3})*,\d+$/;
/** Could also be thousands: where a column holds nothing else, the reader has to say what its comma means. */
const thousandsPattern = /^[+-]?\d{1,3},\d{3}$/;
const datePattern = /^(\d{1,2})([./-])(\d{1,2})\2\d{4}(?: \d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?)?$/;

const presentOf = (values: Values): string[] =>
  values.flatMap((value) => (value === null || value.trim() === '' ? [] : [value.trim()]));

const isMost = (part: readonly unknown[], all: readonly unknown[]): boolean =>
  part.length > all.length / 2;

/**
 * Whether most of the values are numbers with a decimal comma: none has a decimal point, and not all of them could be
 * thousands.
 */
export function hasDecimalComma(values: Values): boolean {
  const present = presentOf(values);
  if (present.some((value) => pointPattern.test(value))) return false;
  const numbers = present.filter((value) => commaPattern.test(value) || wholePattern.test(value));
  const isDecimal = (value: string) => commaPattern.test(value) && !thousandsPattern.test(value);
  return isMost(numbers, present) && numbers.some(isDecimal);
}

/** Whether most of the values are numbers with a comma, whatever it means. */
export function holdsCommaNumbers(values: Values): boolean {
  const present = presentOf(values);
  const numbers = present.filter(
    (value) => anyCommaPattern.test(value) || wholePattern.test(value),
  );
  return isMost(numbers, present) && numbers.some((value) => value.includes(','));
}

/** Whether most of the values are dates with the year last. */
export function holdsYearLast(values: Values): boolean {
  return datesOf(values).length > 0;
}

/**
 * The strptime pattern of dates with the year last; null where most of the values have another form, or where days and
 * months cannot be told apart.
 */
export function timeFormatOf(values: Values): string | null {
  const dates = datesOf(values);
  const separator = mostFrequent(dates.map(([, , between = '']) => between));
  const order = dateOrder(dates, separator);
  if (dates.length === 0 || order === null) return null;
  return `${order.join(separator)}${mostFrequent(dates.map(clockOf))}`;
}

/** The dates with the year last among the values, where they are most of them. */
function datesOf(values: Values): RegExpExecArray[] {
  const present = presentOf(values);
  const dates = present.map((value) => datePattern.exec(value)).filter((date) => date !== null);
  return isMost(dates, present) ? dates : [];
}

function clockOf([text, , , , seconds, half]: RegExpExecArray): string {
  if (!text.includes(':')) return '';
  const hours = half === undefined ? '%H' : '%I';
  const ending = half === undefined ? '' : half.startsWith(' ') ? ' %p' : '%p';
  return ` ${hours}:%M${seconds === undefined ? '' : ':%S'}${ending}`;
}

/** With points the day comes first; otherwise a number above 12 tells which of the two is the day. */
function dateOrder(dates: readonly RegExpExecArray[], separator: string): string[] | null {
  const [first, second] = [1, 3].map((part) => dates.some((date) => Number(date[part]) > 12));
  if (first && second) return null;
  if (first || (separator === '.' && !second)) return ['%d', '%m', '%Y'];
  return second ? ['%m', '%d', '%Y'] : null;
}

function mostFrequent(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}
