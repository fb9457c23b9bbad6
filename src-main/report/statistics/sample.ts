import { mean as meanOf, sampleStandardDeviation } from 'simple-statistics';

/**
 * A sample is one value a seed. Whatever a sample cannot say is null, "not defined", in all functions here: too few
 * values, or a value that is not finite. Callers that want to go on without diverged runs leave them out first.
 */
export type Sample = readonly number[];

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** True when there are at least `least` values and all of them are finite. */
export const isUsable = (values: Sample, least: number): boolean =>
  values.length >= least && values.every((value) => Number.isFinite(value));

/** The values that are finite numbers. */
export const finiteOf = (values: readonly (number | null)[]): number[] =>
  values.filter((value): value is number => value !== null && Number.isFinite(value));

/** Null without values. */
export const mean = (values: Sample): number | null =>
  isUsable(values, 1) ? meanOf([...values]) : null;

/** Sample standard deviation, with n - 1; null below two values. */
export function standardDeviation(values: Sample): number | null {
  if (!isUsable(values, 2)) return null;
  // Equal values have no spread at all, whatever rounding makes of their mean.
  return values.every((value) => value === values[0]) ? 0 : sampleStandardDeviation([...values]);
}

/** Standard deviation / sqrt(n); null below two values. */
export function standardError(values: Sample): number | null {
  const deviation = standardDeviation(values);
  return deviation === null ? null : deviation / Math.sqrt(values.length);
}

/** The `share` quantile (0 to 1) by linear interpolation between order statistics, as numpy.quantile has it. */
export function quantile(values: Sample, share: number): number | null {
  if (!isUsable(values, 1) || !(share >= 0 && share <= 1)) return null;
  return sortedQuantile(Float64Array.from(values).sort(), share);
}

/** The same for values that are sorted already and known to be finite. */
export function sortedQuantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

/** Mean of the middle half: a quarter of the values, rounded down, is left out on either side. */
export function interquartileMean(values: Sample): number | null {
  return isUsable(values, 1) ? trimmedMean(Float64Array.from(values)) : null;
}

/** The same in place: the values end up sorted. */
export function trimmedMean(values: Float64Array): number {
  values.sort();
  const cut = Math.floor(values.length / 4);
  const kept = values.length - 2 * cut;
  let sum = 0;
  for (let at = cut; at < cut + kept; at++) sum += values[at] ?? Number.NaN;
  return sum / kept;
}
