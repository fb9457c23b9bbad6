import { complementaryError, incompleteBeta, logGamma } from './special-functions.ts';

/** P(Z <= z) of the standard normal distribution. */
export function normalCdf(z: number): number {
  const tail = complementaryError(Math.abs(z) / Math.SQRT2) / 2;
  return z < 0 ? tail : 1 - tail;
}

/** P(|T| >= |t|) of Student's t with `df` degrees of freedom, which need not be whole. */
export function tTwoSided(t: number, df: number): number {
  const square = t * t;
  if (square === Number.POSITIVE_INFINITY) return 0;
  return incompleteBeta(df / 2, 0.5, df / (df + square), square / (df + square));
}

/** P(T <= t). */
export function tCdf(t: number, df: number): number {
  const tail = tTwoSided(t, df) / 2;
  return t < 0 ? tail : 1 - tail;
}

/** The t > 0 with P(|T| >= t) = `alpha`, for 0 < alpha < 1. */
export function tCritical(alpha: number, df: number): number {
  return decreasingRoot((t) => tTwoSided(t, df) - alpha);
}

/** Where a decreasing function of numbers from 0 on crosses zero, to the last digit. */
export function decreasingRoot(value: (x: number) => number): number {
  let low = 0;
  let high = 1;
  while (value(high) > 0 && high < 1e300) {
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (value(middle) > 0) low = middle;
    else high = middle;
  }
}

const intervals = 2000;

/**
 * P(|T| > critical) for noncentral t: `delta` is the true difference in standard errors. T is (Z + delta) / S with
 * S² a chi-square over its degrees of freedom; the integral over S is taken by Simpson's rule.
 */
export function noncentralTTails(critical: number, df: number, delta: number): number {
  const width = 12 / Math.sqrt(df);
  const from = Math.max(0, 1 - width);
  const step = (1 + width - from) / intervals;
  const logFront = Math.log(2) + (df / 2) * Math.log(df / 2) - logGamma(df / 2);
  let sum = 0;
  for (let at = 0; at <= intervals; at++) {
    const s = from + at * step;
    if (s === 0) continue;
    const density = Math.exp(logFront + (df - 1) * Math.log(s) - (df * s * s) / 2);
    const weight = at === 0 || at === intervals ? 1 : at % 2 === 1 ? 4 : 2;
    const beyond = normalCdf(delta - critical * s) + normalCdf(-delta - critical * s);
    sum += weight * density * beyond;
  }
  return (sum * step) / 3;
}
