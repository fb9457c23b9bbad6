import { significantBelow, type Comparison, type GroupResult } from './compare-final.ts';

const missing = '–';
const withMinus = (text: string): string => text.replaceAll('-', '−');

/** Mean ± spread with the metric's own digits. */
export function resultText(result: GroupResult, spread: 'std' | 'sem', digits: number): string {
  const { mean } = result;
  if (mean === null) return missing;
  const width = result[spread];
  const shown = mean.toFixed(digits);
  return withMinus(width === null ? shown : `${shown} ± ${width.toFixed(digits)}`);
}

/** The difference with its sign, such as `+1.20`. */
export function differenceText(comparison: Comparison | null, digits: number): string {
  const { difference = null } = comparison ?? {};
  if (difference === null) return missing;
  const sign = difference > 0 ? '+' : '';
  return withMinus(`${sign}${difference.toFixed(digits)}`);
}

/** The interval of the difference, such as `[0.35, 2.01]`; empty without one. */
export function intervalText(comparison: Comparison | null, digits: number): string {
  const { difference = null, interval = null } = comparison ?? {};
  if (difference === null || interval === null) return '';
  return withMinus(`[${interval.low.toFixed(digits)}, ${interval.high.toFixed(digits)}]`);
}

/** Whether a difference can be told from none: by its interval and by Welch's test after Holm. */
export function isSignificant(comparison: Comparison | null): boolean {
  const { interval = null, welchHolm = null } = comparison ?? {};
  if (interval === null || welchHolm === null) return false;
  return welchHolm < significantBelow && (interval.low > 0 || interval.high < 0);
}
