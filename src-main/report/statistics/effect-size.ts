import { isUsable, mean, standardDeviation, type Sample } from './sample.ts';
import { logGamma } from './special-functions.ts';

/**
 * Vargha and Delaney's A: the probability that a value of the first is larger than one of the second, ties counting
 * half. For a metric of which less is better, swap the samples.
 */
export function probabilityOfLarger(first: Sample, second: Sample): number | null {
  if (!isUsable(first, 1) || !isUsable(second, 1)) return null;
  let wins = 0;
  for (const left of first) {
    for (const right of second) wins += left > right ? 1 : left === right ? 0.5 : 0;
  }
  return wins / (first.length * second.length);
}

/** Cliff's delta, from -1 to 1. */
export function cliffsDelta(first: Sample, second: Sample): number | null {
  const larger = probabilityOfLarger(first, second);
  return larger === null ? null : 2 * larger - 1;
}

/** Standard deviation of both samples together, each around its own mean; null below two values on either side. */
export function pooledDeviation(first: Sample, second: Sample): number | null {
  const left = standardDeviation(first);
  const right = standardDeviation(second);
  if (left === null || right === null) return null;
  const squares = (first.length - 1) * left ** 2 + (second.length - 1) * right ** 2;
  return Math.sqrt(squares / (first.length + second.length - 2));
}

/** Cohen's d: the difference of means in pooled standard deviations; null when nothing varies. */
export function cohensD(first: Sample, second: Sample): number | null {
  const deviation = pooledDeviation(first, second);
  const left = mean(first);
  const right = mean(second);
  if (deviation === null || deviation === 0 || left === null || right === null) return null;
  return (left - right) / deviation;
}

/** Hedges' g: Cohen's d without its bias in small samples, by the exact factor. */
export function hedgesG(first: Sample, second: Sample): number | null {
  const d = cohensD(first, second);
  if (d === null) return null;
  const df = first.length + second.length - 2;
  return d * Math.exp(logGamma(df / 2) - logGamma((df - 1) / 2) - 0.5 * Math.log(df / 2));
}
