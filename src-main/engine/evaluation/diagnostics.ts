import type { Dataset, FeatureColumn } from '#engine/data/dataset.ts';
import type { EpisodeLog } from './collector.ts';
import { tagCounts } from './metrics.ts';

/** The matrices of a world model that diagnostics compare with the ground truth, [users, items]. */
export interface Predictions {
  readonly rewardsUI: Float32Array;
  readonly uncertaintyUI: Float32Array;
}

/** How a reward model relates to the truth over all pairs. */
export interface ModelDiagnostics {
  /** Mean of prediction − truth, its mean square, and Pearson's correlation. */
  readonly bias: number;
  readonly meanSquaredError: number;
  readonly correlation: number;
  /** Correlation of P_U with the absolute error: whether the penalty points at mistakes. */
  readonly uncertaintyErrorCorrelation: number;
  readonly uncertaintyMean: number;
  readonly rewardStd: number;
  /** Mean of prediction − truth over pairs of the least and of the most exposed quarter of items. */
  readonly biasRareItems: number;
  readonly biasFrequentItems: number;
}

export function modelDiagnostics(dataset: Dataset, model: Predictions): ModelDiagnostics {
  const truth = dataset.groundTruth!.rewardsUI;
  const errors = Float64Array.from(model.rewardsUI, (value, pair) => value - truth[pair]!);
  const quarters = exposureQuarters(dataset);
  const meanOver = (quarter: number) => {
    let sum = 0;
    let count = 0;
    for (let pair = 0; pair < errors.length; pair++) {
      if (quarters[pair % dataset.items] !== quarter) continue;
      sum += errors[pair]!;
      count++;
    }
    return count === 0 ? 0 : sum / count;
  };
  return {
    bias: mean(errors),
    meanSquaredError: mean(errors.map((error) => error * error)),
    correlation: correlation(model.rewardsUI, truth),
    uncertaintyErrorCorrelation: correlation(model.uncertaintyUI, errors.map(Math.abs)),
    uncertaintyMean: mean(model.uncertaintyUI),
    rewardStd: Math.sqrt(variance(model.rewardsUI)),
    biasRareItems: meanOver(0),
    biasFrequentItems: meanOver(3),
  };
}

/** What a policy recommends, seen by the model and by the log. */
export interface RecommendationDiagnostics {
  /** Mean of predicted − true reward over recommendations: above the model's bias, its errors are exploited. */
  readonly optimism: number;
  readonly uncertainty: number;
  /** Mean number of training rows of the recommended items. */
  readonly exposure: number;
}

export function recommendationDiagnostics(
  dataset: Dataset,
  model: Predictions,
  log: EpisodeLog,
): RecommendationDiagnostics {
  const truth = dataset.groundTruth!.rewardsUI;
  const exposures = itemExposures(dataset);
  let steps = 0;
  let optimism = 0;
  let uncertainty = 0;
  let exposure = 0;
  for (let episode = 0; episode < log.users.length; episode++) {
    const start = episode * log.maxLength;
    for (let at = start; at < start + log.lengths[episode]!; at++) {
      const item = log.itemsET[at]!;
      const pair = log.users[episode]! * dataset.items + item;
      optimism += model.rewardsUI[pair]! - truth[pair]!;
      uncertainty += model.uncertaintyUI[pair]!;
      exposure += exposures[item]!;
      steps++;
    }
  }
  return {
    optimism: optimism / steps,
    uncertainty: uncertainty / steps,
    exposure: exposure / steps,
  };
}

/** Categories whose shares are told, the largest of the log. */
const toldCategories = 6;

/**
 * Shares of what a policy recommends: by quarter of the items from the rarest (`exposureShare/q1`) to the most
 * exposed (`q4`), and by category (`categoryShare/0` and so on, by the category's number).
 */
export function recommendationShares(
  dataset: Dataset,
  categories: FeatureColumn | null,
  log: EpisodeLog,
): Readonly<Record<string, number>> {
  const quarters = exposureQuarters(dataset);
  const byQuarter = new Float64Array(4);
  const byCategory = new Float64Array(categories?.size ?? 0);
  let steps = 0;
  for (let episode = 0; episode < log.users.length; episode++) {
    const start = episode * log.maxLength;
    for (let at = start; at < start + log.lengths[episode]!; at++) {
      const item = log.itemsET[at]!;
      byQuarter[quarters[item]!]!++;
      for (const category of tagsOf(categories, item)) byCategory[category]!++;
      steps++;
    }
  }
  const told = categories === null ? [] : largestCategories(dataset, categories);
  return Object.fromEntries([
    ...Array.from(byQuarter, (count, at) => [`exposureShare/q${at + 1}`, count / steps]),
    ...told.map((tag) => [`categoryShare/${tag}`, byCategory[tag]! / steps]),
  ]);
}

function tagsOf(tags: FeatureColumn | null, item: number): Int32Array {
  if (tags === null) return new Int32Array(0);
  return Int32Array.from(tags.values.subarray(tags.offsets[item], tags.offsets[item + 1]));
}

/** By rows of the training log, in order of their numbers. */
function largestCategories(dataset: Dataset, categories: FeatureColumn): number[] {
  const counts = tagCounts(dataset.train, categories, -Infinity);
  return Array.from(counts.keys())
    .sort((left, right) => counts[right]! - counts[left]! || left - right)
    .slice(0, toldCategories)
    .sort((left, right) => left - right);
}

/** Training rows of each item, [items]. */
export function itemExposures(dataset: Dataset): Int32Array {
  const exposures = new Int32Array(dataset.items);
  for (const item of dataset.train.items) exposures[item]!++;
  return exposures;
}

/** Quarter of each item by exposure, 0 the rarest, [items]. */
function exposureQuarters(dataset: Dataset): Uint8Array {
  const exposures = itemExposures(dataset);
  const order = Array.from(exposures.keys()).sort(
    (left, right) => exposures[left]! - exposures[right]! || left - right,
  );
  const quarters = new Uint8Array(dataset.items);
  for (const [rank, item] of order.entries()) {
    quarters[item] = Math.min(3, Math.floor((rank * 4) / dataset.items));
  }
  return quarters;
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at]!;
  return sum / values.length;
}

function variance(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += (values[at]! - centre) ** 2;
  return sum / values.length;
}

/** Pearson's correlation; 0 when one side does not vary. */
function correlation(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const [leftMean, rightMean] = [mean(left), mean(right)];
  let cross = 0;
  for (let at = 0; at < left.length; at++) {
    cross += (left[at]! - leftMean) * (right[at]! - rightMean);
  }
  const scale = Math.sqrt(variance(left) * variance(right)) * left.length;
  return scale === 0 ? 0 : cross / scale;
}
