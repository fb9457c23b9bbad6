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

/** Whether a difference can be told from none by Welch's test after Holm: what a table marks, too. */
export function isSignificant(comparison: Comparison | null): boolean {
  const { welchHolm = null } = comparison ?? {};
  return welchHolm !== null && welchHolm < significantBelow;
}

/** Runs that a mean is without, or with though they are not done, such as `2 running`. */
export function leftOutTexts(result: GroupResult): string[] {
  const { unfinished, missing, diverged } = result;
  const states = [...new Set(unfinished)].map(
    (state) => `${unfinished.filter((each) => each === state).length} ${state}`,
  );
  return [
    ...states,
    ...(missing > 0 ? [`${missing} without a value`] : []),
    ...(diverged > 0 ? [`${diverged} diverged`] : []),
  ];
}

/** Percent of 95 % bootstrap intervals of a difference that hold it, by seeds on either side; normal values. */
const coverages: Readonly<Record<number, number>> = { 2: 67, 3: 80, 4: 85, 5: 87 };

/** What to make of the intervals where seeds are few; null where they hold about what they promise. */
export function coverageNote(results: readonly GroupResult[]): string | null {
  const counts = results.map(({ values }) => values.length).filter((count) => count > 1);
  const fewest = Math.min(...counts);
  const coverage = coverages[fewest];
  if (coverage === undefined) return null;
  return (
    `Bootstrap intervals of few seeds are too narrow: with ${fewest} on either side about ${coverage} % hold the ` +
    'true difference, not 95 %. Go by Welch’s p.'
  );
}

const mostSeedsNamed = 500;

/** What is left to do for a difference to be found. */
export function moreSeedsText(comparison: Comparison | null): string {
  const { moreSeeds = null } = comparison ?? {};
  if (moreSeeds === null) return 'add seeds';
  if (moreSeeds === 0) return 'enough';
  return moreSeeds > mostSeedsNamed ? `> ${mostSeedsNamed} more` : `≈ ${moreSeeds} more`;
}
