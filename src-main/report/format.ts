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

/** `71.40 ± 2.06`, or the mean alone when there is no spread. */
export function formatMeanSpread(mean: string, spread: string | null): string {
  return spread === null ? mean : `${mean} ± ${spread}`;
}

/** Text from outside on one line: control characters and line breaks become a single space. */
export function singleLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
}
