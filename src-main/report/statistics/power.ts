import { decreasingRoot, noncentralTTails, tCritical } from './distributions.ts';
import { pooledDeviation } from './effect-size.ts';
import { isUsable, mean, type Sample } from './sample.ts';

export interface PowerOptions {
  /** Two-sided level of the test; default 0.05. */
  readonly alpha?: number;
  /** Chance to find a difference that is there; default 0.8. */
  readonly power?: number;
}

/** A pure function that keeps its last answers: a comparison of many groups asks for the same few. */
function remembered<Numbers extends number[]>(
  answer: (...numbers: Numbers) => number,
): (...numbers: Numbers) => number {
  const answers = new Map<string, number>();
  return (...numbers) => {
    const key = numbers.join(' ');
    const known = answers.get(key) ?? answer(...numbers);
    if (answers.size >= 2000) answers.clear();
    answers.set(key, known);
    return known;
  };
}

const critical = remembered(tCritical);

/** True difference in standard errors that a test with `df` degrees of freedom finds with the asked-for power. */
const detectableShift = remembered((alpha: number, df: number, power: number) =>
  decreasingRoot((shift) => power - noncentralTTails(critical(alpha, df), df, shift)),
);

/** Chance that a two-sample t-test finds a true difference of `effect` standard deviations. */
export function testPower(effect: number, n: number, m: number, alpha = 0.05): number | null {
  if (!(n >= 2 && m >= 2) || !Number.isFinite(effect) || !(alpha > 0 && alpha < 1)) return null;
  const df = n + m - 2;
  return noncentralTTails(critical(alpha, df), df, effect / Math.sqrt(1 / n + 1 / m));
}

/**
 * The smallest true difference of means that samples of these sizes would find with the asked-for power, in the
 * values' own unit. Null when the spread is not known or zero.
 */
export function minimumDetectableDifference(
  first: Sample,
  second: Sample,
  options: PowerOptions = {},
): number | null {
  const { alpha = 0.05, power = 0.8 } = options;
  const deviation = pooledDeviation(first, second);
  if (deviation === null || deviation === 0 || !(alpha > 0 && alpha < power && power < 1)) {
    return null;
  }
  const df = first.length + second.length - 2;
  const shift = detectableShift(alpha, df, power);
  return shift * deviation * Math.sqrt(1 / first.length + 1 / second.length);
}

const mostSeeds = 10_000;

/**
 * Seeds that each side would need for a difference and spread as seen to be found with the asked-for power. Null when
 * nothing is known of the spread, or when more than 10,000 would be needed.
 */
export function seedsNeeded(
  first: Sample,
  second: Sample,
  options: PowerOptions = {},
): number | null {
  const { alpha = 0.05, power = 0.8 } = options;
  const deviation = pooledDeviation(first, second);
  if (deviation === null || deviation === 0 || !isUsable([...first, ...second], 4)) return null;
  const effect = Math.abs((mean(first) ?? 0) - (mean(second) ?? 0)) / deviation;
  const isEnough = (seeds: number): boolean =>
    (testPower(effect, seeds, seeds, alpha) ?? 0) >= power;
  if (!(alpha > 0 && alpha < 1 && power < 1)) return null;
  // What a known spread would need is a little less than what a t-test needs.
  const shift = detectableShift(alpha, 2 * mostSeeds - 2, power);
  const guess = Math.ceil(2 * (shift / effect) ** 2);
  return leastEnough(Math.min(mostSeeds, Math.max(2, guess)), isEnough);
}

/** The least number from 2 to the most seeds that is enough, looked for around a guess; null when none is. */
function leastEnough(guess: number, isEnough: (seeds: number) => boolean): number | null {
  let [low, high] = [1, guess];
  for (let step = 1; !isEnough(high); step *= 2) {
    if (high === mostSeeds) return null;
    [low, high] = [high, Math.min(mostSeeds, high + step)];
  }
  for (let step = 1; low === 1 && high - step > 1 && isEnough(high - step); step *= 2) high -= step;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** How many more seeds than now the smaller side needs; 0 when there are enough. */
export function moreSeedsNeeded(
  first: Sample,
  second: Sample,
  options: PowerOptions = {},
): number | null {
  const needed = seedsNeeded(first, second, options);
  return needed === null ? null : Math.max(0, needed - Math.min(first.length, second.length));
}
