import { RandomStreams } from '#engine/compute/random.ts';
import type { Interactions } from './dataset.ts';
import { factoriseMatrix } from './matrix-factorisation.ts';

export interface RebuiltGroundTruth {
  readonly rewardsUI: Float32Array;
  /** The settings that made it, for the manifest. */
  readonly settings: Readonly<Record<string, number>>;
}

/**
 * A complete matrix of ratings 1 to 5 from ratings of randomly shown items: biased matrix factorisation,
 * rounded and clipped. Observed ratings are not preserved, as in the published pseudo ground truth.
 */
export function rebuildGroundTruth(options: {
  users: number;
  items: number;
  test: Interactions;
  seed: number;
}): RebuiltGroundTruth {
  const { users, items, test, seed } = options;
  const settings = { factors: 8, ridge: 4, biasRidge: 2, iterations: 20 };
  const random = new RandomStreams(seed).stream('rebuild-ground-truth');
  const predictionsUI = factoriseMatrix(test, { users, items, random, ...settings });
  const rewardsUI = predictionsUI.map((value) => Math.min(5, Math.max(1, Math.round(value))));
  return { rewardsUI, settings: { ...settings, seed } };
}
