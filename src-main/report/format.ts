import type { ShownSpread } from './table-model.ts';

/** Shown where there is no number. */
export const noValue = '–';

/**
 * A number with a fixed count of digits after the point, as every renderer shows it. Values that round to zero
 * carry no sign.
 */
export function formatNumber(value: number | null, digits: number): string {
  if (value === null || !Number.isFinite(value)) return noValue;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** What follows a mean: ` ± 2.06`, ` [70.10, 72.31]`, or nothing. */
export function formatSpread(spread: ShownSpread | null): string {
  if (spread === null) return '';
  return spread.kind === 'width' ? ` ± ${spread.width}` : ` [${spread.low}, ${spread.high}]`;
}

/** A p value or a level, with as many digits as it needs and never as zero. */
export function formatP(p: number | null): string {
  if (p === null) return noValue;
  if (p > 0 && p < 0.0001) return p.toExponential(1);
  return String(Number(p.toPrecision(p < 0.001 ? 1 : 3)));
}

/** Text from outside on one line: control characters and line breaks become a single space. */
export function singleLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}
