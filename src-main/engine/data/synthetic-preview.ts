import type { WorldPreview } from '#contract/world.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import type { Interactions } from './dataset.ts';
import { drawLog } from './synthetic-exposure.ts';
import type { SyntheticOptions } from './synthetic-options.ts';
import { drawTruth } from './synthetic-truth.ts';

/** Size of the sample, so that a picture of any world costs milliseconds. */
const most = { users: 160, items: 240, rounds: 8, categories: 60, factors: 8 } as const;
const bins = 20;

/** The same world, no larger than the sample may be; rows a user keep their share of the catalogue. */
function shrink(options: SyntheticOptions): SyntheticOptions {
  const items = Math.min(options.items, most.items);
  const share = items / options.items;
  return {
    ...options,
    items,
    users: Math.min(options.users, most.users),
    rounds: Math.min(options.rounds, most.rounds),
    categories: Math.min(options.categories, most.categories),
    factors: Math.min(options.factors, most.factors),
    interactionsPerUser: Math.min(
      items,
      share === 1 ? options.interactionsPerUser : Math.max(4, options.interactionsPerUser * share),
    ),
    testInteractionsPerUser: 0,
  };
}

/** Draws a small sample of a world and compares its log with its truth. The same settings give the same picture. */
export function previewWorld(given: SyntheticOptions): WorldPreview {
  const options = shrink(given);
  const streams = new RandomStreams(options.seed);
  const truth = drawTruth(options, streams);
  const { train, propensitiesUI } = drawLog(options, truth, streams);
  const { users, items } = options;
  const curve = itemCurve(train, truth.rewardsUI, users, items);
  return {
    users,
    items,
    interactions: train.users.length,
    curve,
    rewards: rewardBins(options, train.rewards, truth.rewardsUI),
    trueMean: meanOf(truth.rewardsUI),
    naiveMean: meanOf(train.rewards),
    weightedMean: weightedMean(train, propensitiesUI, items),
    exposureGini: giniOf(curve.map(({ rows }) => rows)),
    unseenShare: curve.filter(({ rows }) => rows === 0).length / items,
  };
}

const meanOf = (values: Float32Array): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

function itemCurve(
  log: Interactions,
  rewardsUI: Float32Array,
  users: number,
  items: number,
): WorldPreview['curve'] {
  const rows = new Float64Array(items);
  const paid = new Float64Array(items);
  const trueSums = new Float64Array(items);
  log.items.forEach((item, row) => {
    rows[item]! += 1;
    paid[item]! += log.rewards[row]!;
  });
  rewardsUI.forEach((reward, at) => (trueSums[at % items]! += reward));
  return Array.from({ length: items }, (_, item) => ({
    rows: rows[item]!,
    trueMean: trueSums[item]! / users,
    loggedMean: rows[item] === 0 ? null : paid[item]! / rows[item]!,
  })).sort((a, b) => b.rows - a.rows);
}

function rewardBins(
  { rewardMin, rewardMax }: SyntheticOptions,
  logged: Float32Array,
  trueRewards: Float32Array,
): WorldPreview['rewards'] {
  const width = (rewardMax - rewardMin) / bins;
  const shares = (values: Float32Array): Float64Array => {
    const counts = new Float64Array(bins);
    for (const value of values) {
      counts[Math.min(bins - 1, Math.max(0, Math.floor((value - rewardMin) / width)))]! += 1;
    }
    return counts.map((count) => count / Math.max(1, values.length));
  };
  const [loggedShares, trueShares] = [shares(logged), shares(trueRewards)];
  return Array.from({ length: bins }, (_, bin) => ({
    from: rewardMin + bin * width,
    to: rewardMin + (bin + 1) * width,
    logged: loggedShares[bin]!,
    true: trueShares[bin]!,
  }));
}

/** Self-normalised inverse propensity weighting of the logged rewards. */
function weightedMean(log: Interactions, propensitiesUI: Float32Array, items: number): number {
  let weights = 0;
  let sum = 0;
  log.users.forEach((user, row) => {
    const weight = 1 / Math.max(1e-6, propensitiesUI[user * items + log.items[row]!]!);
    weights += weight;
    sum += weight * log.rewards[row]!;
  });
  return weights === 0 ? 0 : sum / weights;
}

/** @param falling counts in falling order */
function giniOf(falling: readonly number[]): number {
  const total = falling.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  const count = falling.length;
  const weighted = falling.reduce((sum, value, at) => sum + (count - at) * value, 0);
  return (2 * weighted) / (count * total) - (count + 1) / count;
}
