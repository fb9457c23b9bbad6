import { OffrecError } from '#contract/errors.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import type { Interactions } from './dataset.ts';
import { factoriseMatrix } from './matrix-factorisation.ts';

export interface RebuiltGroundTruth {
  readonly rewardsUI: Float32Array;
  /** The settings that made it, for the manifest. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Pairs of the largest complete matrix that is rebuilt: 2 GB. */
const largestMatrix = 500_000_000;
/** Rewards that are whole numbers of so many values are ratings, and so are the rebuilt ones. */
const mostRatingValues = 11;

/**
 * A complete matrix of rewards from observed ones, best from randomly shown items: biased matrix
 * factorisation, clipped to the observed range and, for ratings, rounded. Observed rewards are not
 * preserved, as in the published pseudo ground truth.
 *
 * @throws OffrecError `invalid-input` when users x items is too large for a complete matrix
 */
export function rebuildGroundTruth(options: {
  users: number;
  items: number;
  log: Interactions;
  seed: number;
}): RebuiltGroundTruth {
  const { users, items, log, seed } = options;
  if (users * items > largestMatrix) {
    throw new OffrecError(
      'invalid-input',
      `A ground truth of ${users} x ${items} rewards is too large to rebuild.`,
      { where: 'groundTruth', hint: 'Import a part of the log, or import without a ground truth.' },
    );
  }
  const settings = { factors: 8, ridge: 4, biasRidge: 2, iterations: 20 };
  const random = new RandomStreams(seed).stream('rebuild-ground-truth');
  const predictionsUI = factoriseMatrix(log, { users, items, random, ...settings });
  const { low, high, ratings } = rewardScale(log.rewards);
  const rewardsUI = predictionsUI.map((value) =>
    Math.min(high, Math.max(low, ratings ? Math.round(value) : value)),
  );
  return { rewardsUI, settings: { ...settings, seed, low, high, rounded: ratings } };
}

function rewardScale(rewards: Float32Array): { low: number; high: number; ratings: boolean } {
  const values = new Set<number>();
  let low = Infinity;
  let high = -Infinity;
  let whole = true;
  for (const reward of rewards) {
    low = Math.min(low, reward);
    high = Math.max(high, reward);
    whole &&= Number.isInteger(reward);
    if (values.size <= mostRatingValues) values.add(reward);
  }
  // Clicks are whole numbers, too, but their mean is a probability and must not be rounded away.
  return { low, high, ratings: whole && values.size > 2 && values.size <= mostRatingValues };
}
