import type { GridSeries } from '#contract/routes/compare.ts';
import { seededIndices, type IndexSource } from '#report/statistics/random-index.ts';
import { sortedQuantile, trimmedMean } from '#report/statistics/sample.ts';

/** What a curve of a group shows beside its middle. */
export const bandKinds = [
  { value: 'sem', label: 'Mean ± standard error' },
  { value: 'std', label: 'Mean ± standard deviation' },
  { value: 'bootstrap', label: 'Mean, 95 % bootstrap' },
  { value: 'iqm', label: 'IQM, 95 % stratified bootstrap' },
  { value: 'range', label: 'Mean, least to greatest' },
  { value: 'members', label: 'Single seeds' },
] as const;
export type BandKind = (typeof bandKinds)[number]['value'];

/** One entry an interval of the grid in which any seed has a point. */
export interface Band {
  readonly places: readonly number[];
  readonly centres: readonly number[];
  readonly lows: readonly number[];
  readonly highs: readonly number[];
  /** Seeds that the entry is over: those that have begun and not ended there. */
  readonly counts: readonly number[];
}

export interface Spread {
  readonly centre: number;
  readonly low: number;
  readonly high: number;
}

type Condense = (values: Float64Array, strata: readonly number[]) => Spread;

const resamples = 500;
const seed = 1;

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function deviationOf(values: Float64Array, mean: number): number {
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}

/** Positions to draw for each resample: each from those of its own stratum, so that strata keep their sizes. */
function drawPositions(strata: readonly number[], indices: IndexSource): Uint16Array[] {
  const members = strata.map((stratum) =>
    strata.flatMap((other, position) => (other === stratum ? [position] : [])),
  );
  return Array.from({ length: resamples }, () =>
    Uint16Array.from(members, (own) => own[indices(own.length)] ?? 0),
  );
}

/** The percentile bootstrap of a statistic over seeds. The draws are made once for seeds that are there together. */
function bootstrapped(statistic: (values: Float64Array) => number): Condense {
  const draws = new Map<string, Uint16Array[]>();
  return (values, strata) => {
    const centre = statistic(Float64Array.from(values));
    if (values.length < 2) return { centre, low: centre, high: centre };
    const key = strata.join();
    const positions = draws.get(key) ?? drawPositions(strata, seededIndices(seed));
    draws.set(key, positions);
    const drawn = new Float64Array(values.length);
    const found = Float64Array.from(positions, (chosen) => {
      for (let at = 0; at < drawn.length; at += 1) drawn[at] = values[chosen[at] ?? 0] ?? 0;
      return statistic(drawn);
    }).sort();
    return { centre, low: sortedQuantile(found, 0.025), high: sortedQuantile(found, 0.975) };
  };
}

const around =
  (width: (values: Float64Array, mean: number) => number): Condense =>
  (values) => {
    const centre = meanOf(values);
    const half = values.length < 2 ? 0 : width(values, centre);
    return { centre, low: centre - half, high: centre + half };
  };

const condensers: Readonly<Record<Exclude<BandKind, 'members'>, () => Condense>> = {
  sem: () => around((values, mean) => deviationOf(values, mean) / Math.sqrt(values.length)),
  std: () => around(deviationOf),
  bootstrap: () => bootstrapped(meanOf),
  iqm: () => bootstrapped(trimmedMean),
  range: () => (values) => ({
    centre: meanOf(values),
    low: Math.min(...values),
    high: Math.max(...values),
  }),
};

/** One value a seed, condensed as a band is: for metrics that are logged once. `members` shows the range. */
export function spreadOf(values: readonly number[], kind: BandKind): Spread {
  const condense = condensers[kind === 'members' ? 'range' : kind]();
  return condense(
    Float64Array.from(values),
    values.map(() => 0),
  );
}

/**
 * The curve of a group: in each interval of the grid the seeds that have begun and not ended there are condensed.
 * An interval without any point of any seed has no entry.
 *
 * @param strata of each series, such as its dataset: bootstraps draw within a stratum.
 */
export function bandOf(
  series: readonly GridSeries[],
  kind: Exclude<BandKind, 'members'>,
  strata: readonly string[] = [],
): Band {
  const filled = series.map(withoutGaps);
  const names = [...new Set(strata)];
  const stratumOf = series.map((_, at) => Math.max(0, names.indexOf(strata[at] ?? '')));
  const condense = condensers[kind]();
  const band = { places: [], centres: [], lows: [], highs: [], counts: [] } as {
    [Name in keyof Band]: number[];
  };
  const length = Math.max(0, ...series.map(({ means }) => means.length));
  for (let at = 0; at < length; at += 1) {
    const place = placeAt(series, at);
    if (place === null) continue;
    const here = filled.flatMap((means, index) => (Number.isFinite(means[at]) ? [index] : []));
    if (here.length === 0) continue;
    const values = Float64Array.from(here, (index) => filled[index]?.[at] ?? Number.NaN);
    const { centre, low, high } = condense(
      values,
      here.map((index) => stratumOf[index] ?? 0),
    );
    band.places.push(place);
    band.centres.push(centre);
    band.lows.push(low);
    band.highs.push(high);
    band.counts.push(here.length);
  }
  return band;
}

/** Where the points of an interval lie on average; null without points. */
function placeAt(series: readonly GridSeries[], at: number): number | null {
  let sum = 0;
  let count = 0;
  for (const { places, means } of series) {
    if (!Number.isFinite(means[at])) continue;
    sum += places[at] ?? 0;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}

/** The curve of one seed with its own range in each interval: what `members` shows. */
export function memberBand({ places, means, mins, maxs }: GridSeries): Band {
  const kept = Array.from(means.keys()).filter((at) => Number.isFinite(means[at]));
  const pick = (column: Float64Array): number[] => kept.map((at) => column[at] ?? Number.NaN);
  return {
    places: pick(places),
    centres: pick(means),
    lows: pick(mins),
    highs: pick(maxs),
    counts: kept.map(() => 1),
  };
}

/** Where the number of seeds changes along a band, the beginning left out. */
export function countChanges(band: Band): { readonly place: number; readonly count: number }[] {
  return band.counts.flatMap((count, at) =>
    at > 0 && count !== band.counts[at - 1] ? [{ place: band.places[at] ?? 0, count }] : [],
  );
}

/**
 * The means of a series with the intervals between two points filled in straight: seeds need not have been logged
 * at the same places to be averaged there. Nothing is added before the first point or after the last.
 */
function withoutGaps({ means }: Pick<GridSeries, 'means'>): Float64Array {
  const filled = Float64Array.from(means);
  let before = -1;
  for (let at = 0; at < filled.length; at += 1) {
    if (!Number.isFinite(filled[at])) continue;
    if (before >= 0) fillBetween(filled, before, at);
    before = at;
  }
  return filled;
}

function fillBetween(values: Float64Array, first: number, last: number): void {
  const from = values[first] ?? Number.NaN;
  const rise = ((values[last] ?? Number.NaN) - from) / (last - first);
  for (let at = first + 1; at < last; at += 1) values[at] = from + rise * (at - first);
}
