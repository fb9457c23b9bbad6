import { normalCdf, tCritical, tTwoSided } from './distributions.ts';
import {
  isUsable,
  mean,
  standardDeviation,
  standardError,
  type Interval,
  type Sample,
} from './sample.ts';

/** Interval of the mean by Student's t; null below two values. */
export function tInterval(values: Sample, confidence = 0.95): Interval | null {
  const center = mean(values);
  const error = standardError(values);
  if (center === null || error === null || !(confidence > 0 && confidence < 1)) return null;
  const reach = error === 0 ? 0 : tCritical(1 - confidence, values.length - 1) * error;
  return { low: center - reach, high: center + reach };
}

export interface WelchResult {
  /** Positive when the first mean is larger. */
  readonly t: number;
  /** Welch–Satterthwaite degrees of freedom. */
  readonly df: number;
  /** Two-sided. */
  readonly p: number;
}

/** Welch's t-test; null below two values on either side, or when neither side varies. */
export function welchTest(first: Sample, second: Sample): WelchResult | null {
  const [leftMean, rightMean] = [mean(first), mean(second)];
  const [left, right] = [standardDeviation(first), standardDeviation(second)];
  if (leftMean === null || rightMean === null || left === null || right === null) return null;
  const leftPart = left ** 2 / first.length;
  const rightPart = right ** 2 / second.length;
  const sum = leftPart + rightPart;
  if (!(sum > 0)) return null;
  const t = (leftMean - rightMean) / Math.sqrt(sum);
  const df =
    1 / ((leftPart / sum) ** 2 / (first.length - 1) + (rightPart / sum) ** 2 / (second.length - 1));
  return { t, df, p: tTwoSided(t, df) };
}

export interface MannWhitneyResult {
  /** U of the first sample: pairs in which its value is larger, ties counting half. */
  readonly u: number;
  /** Two-sided. */
  readonly p: number;
  readonly method: 'exact' | 'asymptotic';
}

/**
 * Mann–Whitney U test. Exact when no value occurs twice and either sample has at most eight values, otherwise the
 * normal approximation with corrections for ties and continuity: what scipy.stats.mannwhitneyu does by default.
 */
export function mannWhitneyTest(first: Sample, second: Sample): MannWhitneyResult | null {
  if (!isUsable(first, 1) || !isUsable(second, 1)) return null;
  const [n, m] = [first.length, second.length];
  const { rankSum, tieTerm } = rankSumOf(first, second);
  const u = rankSum - (n * (n + 1)) / 2;
  const larger = Math.max(u, n * m - u);
  const isExact = tieTerm === 0 && Math.min(n, m) <= 8;
  const p = isExact ? exactTail(larger, n, m) : normalTail(larger, n, m, tieTerm);
  return { u, p: Math.min(1, 2 * p), method: isExact ? 'exact' : 'asymptotic' };
}

/** Sum of the first sample's ranks among both, ties sharing their middle rank; and sum of t³ - t over ties. */
function rankSumOf(first: Sample, second: Sample): { rankSum: number; tieTerm: number } {
  const all = [
    ...first.map((value) => ({ value, isFirst: true })),
    ...second.map((value) => ({ value, isFirst: false })),
  ].sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let tieTerm = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to++;
    const size = to - from;
    const rank = (from + 1 + to) / 2;
    rankSum += rank * all.slice(from, to).filter(({ isFirst }) => isFirst).length;
    tieTerm += size ** 3 - size;
    from = to;
  }
  return { rankSum, tieTerm };
}

/**
 * P(U >= u) when all orders are equally likely. Shares of orders with each U are built up one value of the smaller
 * sample at a time, as coefficients of the Gaussian binomial, so that nothing overflows.
 */
function exactTail(u: number, n: number, m: number): number {
  const [few, many] = n < m ? [n, m] : [m, n];
  let shares = new Float64Array(few * many + 1);
  shares[0] = 1;
  for (let i = 1; i <= few; i++) {
    // Times (1 - q^(many + i)) / (1 - q^i), scaled by i / (many + i) so that the shares go on adding up to 1.
    const next = new Float64Array(shares.length);
    for (let at = 0; at < next.length; at++) {
      const carried = at >= i ? (next[at - i] ?? 0) : 0;
      const taken = at >= many + i ? (shares[at - many - i] ?? 0) : 0;
      next[at] = (shares[at] ?? 0) - taken + carried;
    }
    shares = next.map((share) => share * (i / (many + i)));
  }
  // The distribution is symmetric, and its lower half holds the smaller rounding errors.
  const mirrored = n * m - u;
  let tail = 0;
  for (let at = 0; at <= mirrored; at++) tail += shares[at] ?? 0;
  return tail;
}

function normalTail(u: number, n: number, m: number, tieTerm: number): number {
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - tieTerm / (total * (total - 1)));
  // All values equal: nothing speaks for a difference.
  if (variance <= 0) return 1;
  return normalCdf(-(u - (n * m) / 2 - 0.5) / Math.sqrt(variance));
}
