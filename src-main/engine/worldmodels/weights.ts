import { OffrecError } from '#contract/errors.ts';
import type { Interactions } from '#engine/data/dataset.ts';

/** Weighting of training rows by inverse propensity: w = min(cap, p^−power), scaled to mean 1. */
export interface PropensityWeighting {
  /** 0 weighs all rows alike. */
  readonly power: number;
  readonly cap: number;
}

/**
 * Weight of each row of the log, [rows].
 * @throws OffrecError `invalid-input` when a power is asked for and the log has no propensities
 */
export function rowWeights(log: Interactions, weighting: PropensityWeighting): Float32Array {
  const weights = new Float32Array(log.users.length).fill(1);
  if (weighting.power === 0) return weights;
  if (log.propensities === null) {
    throw new OffrecError('invalid-input', 'the log has no propensities to weigh its rows by', {
      where: 'propensityPower',
      hint: 'set propensityPower to 0, or import the log with a propensity column',
    });
  }
  let sum = 0;
  for (let row = 0; row < weights.length; row++) {
    weights[row] = Math.min(weighting.cap, log.propensities[row]! ** -weighting.power);
    sum += weights[row]!;
  }
  return weights.map((weight) => (weight * weights.length) / sum);
}
