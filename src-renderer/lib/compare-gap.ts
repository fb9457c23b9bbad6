import type { GridSeries } from '#contract/routes/compare.ts';
import type { Band } from './compare-bands.ts';

/** The return that a world model promises beside the one that the ground truth gives. */
export const gapMetrics = {
  truth: 'eval/rTra',
  /** Predicted minus true reward of what the policy recommends, a step. */
  optimism: 'diagnostics/optimism',
  length: 'eval/length',
  /** Return in the learned environment, with penalties, of the policy that explores. */
  simulated: 'train/simulatedReturn',
} as const;

/** Value of a series at a place: straight between its two neighbours, NaN outside. */
function valueAt({ places, means }: GridSeries, place: number): number {
  let before = -1;
  for (let at = 0; at < places.length; at += 1) {
    const here = places[at] ?? Number.NaN;
    if (!Number.isFinite(means[at])) continue;
    if (here === place) return means[at] ?? Number.NaN;
    if (here > place) return before < 0 ? Number.NaN : between(places, means, before, at, place);
    before = at;
  }
  return Number.NaN;
}

function between(
  places: Float64Array,
  means: Float64Array,
  first: number,
  last: number,
  place: number,
): number {
  const [x0 = 0, x1 = 1] = [places[first], places[last]];
  const [y0 = 0, y1 = 0] = [means[first], means[last]];
  return y0 + ((y1 - y0) * (place - x0)) / (x1 - x0);
}

/** Another series at the places of `truth`, made by `value`; places without a value are left out. */
function alongside(truth: GridSeries, value: (place: number, at: number) => number): GridSeries {
  const means = Float64Array.from(truth.places, (place, at) =>
    Number.isFinite(truth.means[at]) ? value(place, at) : Number.NaN,
  );
  const none = new Float64Array(0);
  return { ...truth, means, mins: none, maxs: none };
}

/**
 * The return that the learned model gives to the evaluated episodes: the true return and, for every step of them,
 * how much too high the model's prediction is.
 */
export function promisedReturn(
  truth: GridSeries,
  optimism: GridSeries,
  length: GridSeries,
): GridSeries {
  return alongside(
    truth,
    (place, at) =>
      (truth.means[at] ?? Number.NaN) + valueAt(optimism, place) * valueAt(length, place),
  );
}

/** A learned return minus the true one, at the places of the true one. */
export function gapSeries(truth: GridSeries, learned: GridSeries): GridSeries {
  return alongside(truth, (place, at) => valueAt(learned, place) - (truth.means[at] ?? Number.NaN));
}

export interface GapFinding {
  /** The last place that all seeds reached: a mean that loses a seed moves without anything having changed. */
  readonly lastPlace: number;
  /** Learned minus true return there. */
  readonly lastGap: number;
  readonly bestPlace: number;
  readonly bestTruth: number;
  readonly lastTruth: number;
  /** Where the true return was best although the promised one rose on afterwards; null where that is not so. */
  readonly divergesAt: number | null;
}

/**
 * Whether a policy learned to please its model: the true return falls from its best by more than the half width of
 * its band, while the promised return does not fall.
 */
export function gapFinding(whole: Band, learned: Band): GapFinding | null {
  const truth = ofAllSeeds(whole);
  const last = truth.centres.length - 1;
  if (last < 0 || learned.centres.length === 0) return null;
  const best = truth.centres.reduce(
    (top, value, at) => (value > (truth.centres[top] ?? 0) ? at : top),
    0,
  );
  const width = (at: number): number => ((truth.highs[at] ?? 0) - (truth.lows[at] ?? 0)) / 2;
  const [bestTruth = 0, lastTruth = 0] = [truth.centres[best], truth.centres[last]];
  const promised = (place: number): number => nearest(learned, place);
  const bestPlace = truth.places[best] ?? 0;
  const lastPlace = truth.places[last] ?? 0;
  const falls = bestTruth - lastTruth > width(best) + width(last);
  const isPromisedMore = promised(lastPlace) - lastTruth > promised(bestPlace) - bestTruth;
  return {
    lastPlace,
    lastGap: promised(lastPlace) - lastTruth,
    bestPlace,
    bestTruth,
    lastTruth,
    divergesAt: falls && isPromisedMore ? bestPlace : null,
  };
}

/** The entries of a band that are over all of its seeds. */
function ofAllSeeds(band: Band): Band {
  const most = band.counts.reduce((top, count) => Math.max(top, count), 0);
  const pick = (column: readonly number[]): number[] =>
    column.filter((_, at) => band.counts[at] === most);
  const { places, centres, lows, highs, counts } = band;
  return {
    places: pick(places),
    centres: pick(centres),
    lows: pick(lows),
    highs: pick(highs),
    counts: pick(counts),
  };
}

function nearest({ places, centres }: Band, place: number): number {
  let found = 0;
  for (let at = 1; at < places.length; at += 1) {
    const distance = Math.abs((places[at] ?? 0) - place);
    if (distance <= Math.abs((places[found] ?? 0) - place)) found = at;
  }
  return centres[found] ?? Number.NaN;
}
