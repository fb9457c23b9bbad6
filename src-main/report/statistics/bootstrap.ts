import { probabilityOfLarger } from './effect-size.ts';
import { seededIndices, type IndexSource } from './random-index.ts';
import { isUsable, sortedQuantile, trimmedMean, type Interval, type Sample } from './sample.ts';

/** Samples by stratum: one list of runs for each task (dataset, metric), which need not be equally long. */
export type Strata = readonly Sample[];

export interface BootstrapOptions {
  /** Share that the interval covers; default 0.95. */
  readonly confidence?: number;
  /** Default 2000. */
  readonly resamples?: number;
  /** Default: a seeded source, so that the same values always give the same interval. */
  readonly indices?: IndexSource;
}

const defaultResamples = 2000;
const defaultSeed = 20_240_229;

/** Percentile interval of a statistic that is computed anew `resamples` times. */
function percentileInterval(
  options: BootstrapOptions,
  once: (indices: IndexSource) => number,
): Interval | null {
  const { confidence = 0.95, resamples = defaultResamples } = options;
  if (!(confidence > 0 && confidence < 1) || !(resamples >= 1)) return null;
  const indices = options.indices ?? seededIndices(defaultSeed);
  const drawn = new Float64Array(resamples);
  for (let at = 0; at < resamples; at++) drawn[at] = once(indices);
  drawn.sort();
  const beyond = (1 - confidence) / 2;
  return { low: sortedQuantile(drawn, beyond), high: sortedQuantile(drawn, 1 - beyond) };
}

/** One value drawn with replacement for each place of `into`. */
function resampleInto(into: Float64Array, values: Sample, indices: IndexSource): Float64Array {
  for (let at = 0; at < into.length; at++) into[at] = values[indices(values.length)] ?? Number.NaN;
  return into;
}

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Percentile bootstrap interval of the mean; null below two values. */
export function bootstrapMean(values: Sample, options: BootstrapOptions = {}): Interval | null {
  if (!isUsable(values, 2)) return null;
  const drawn = new Float64Array(values.length);
  return percentileInterval(options, (indices) => meanOf(resampleInto(drawn, values, indices)));
}

/**
 * Percentile bootstrap interval of mean(first) - mean(second), both resampled on their own, the first one first.
 * Null when either has fewer than two values.
 */
export function bootstrapDifference(
  first: Sample,
  second: Sample,
  options: BootstrapOptions = {},
): Interval | null {
  if (!isUsable(first, 2) || !isUsable(second, 2)) return null;
  const left = new Float64Array(first.length);
  const right = new Float64Array(second.length);
  return percentileInterval(options, (indices) => {
    const upper = meanOf(resampleInto(left, first, indices));
    return upper - meanOf(resampleInto(right, second, indices));
  });
}

const areUsable = (strata: Strata): boolean =>
  strata.length > 0 && strata.every((values) => isUsable(values, 1));

/** Resampling one run gives that run again: without any stratum of two there is nothing to learn from it. */
const haveSpread = (strata: Strata): boolean =>
  areUsable(strata) && strata.some((values) => values.length > 1);

/** Interquartile mean over the runs of all strata together. */
export function stratifiedIqm(strata: Strata): number | null {
  return areUsable(strata) ? trimmedMean(Float64Array.from(strata.flat())) : null;
}

/**
 * Interval of the interquartile mean by stratified bootstrap: runs are resampled within each stratum, strata stay,
 * as rliable (Agarwal et al., NeurIPS 2021) defines it.
 */
export function stratifiedIqmInterval(
  strata: Strata,
  options: BootstrapOptions = {},
): Interval | null {
  if (!haveSpread(strata)) return null;
  const drawn = new Float64Array(strata.reduce((sum, { length }) => sum + length, 0));
  return percentileInterval(options, (indices) => {
    let from = 0;
    for (const values of strata) {
      resampleInto(drawn.subarray(from, from + values.length), values, indices);
      from += values.length;
    }
    return trimmedMean(drawn);
  });
}

/** P(a run of the first is larger than one of the second), averaged over strata; ties count half. */
export function probabilityOfImprovement(first: Strata, second: Strata): number | null {
  if (first.length !== second.length || !areUsable(first) || !areUsable(second)) return null;
  const each = first.map((values, at) => probabilityOfLarger(values, second[at] ?? []) ?? 0.5);
  return each.reduce((sum, value) => sum + value, 0) / each.length;
}

/** Its interval: both sides resampled within each stratum, all of the first one first. */
export function probabilityOfImprovementInterval(
  first: Strata,
  second: Strata,
  options: BootstrapOptions = {},
): Interval | null {
  if (first.length !== second.length || !haveSpread(first) || !haveSpread(second)) return null;
  const resample = (strata: Strata, indices: IndexSource): Sample[] =>
    strata.map((values) => [...resampleInto(new Float64Array(values.length), values, indices)]);
  return percentileInterval(options, (indices) => {
    const left = resample(first, indices);
    return probabilityOfImprovement(left, resample(second, indices)) ?? Number.NaN;
  });
}
