import type { Dataset } from '#engine/data/dataset.ts';
import { factoriseMatrix } from '#engine/data/matrix-factorisation.ts';
import { RandomStreams } from '#engine/compute/random.ts';

/** Rows of the training log per item, [items]. */
export function popularityScores(dataset: Dataset): Float32Array {
  const counts = new Float32Array(dataset.items);
  for (const item of dataset.train.items) counts[item]!++;
  return counts;
}

/** Mean training reward per item without shrinkage; unrated items come last, [items]. */
export function itemMeanScores(dataset: Dataset): Float32Array {
  const { items, rewards } = dataset.train;
  const sums = new Float64Array(dataset.items);
  const counts = new Float64Array(dataset.items);
  for (let row = 0; row < items.length; row++) {
    sums[items[row]!]! += rewards[row]!;
    counts[items[row]!]!++;
  }
  return Float32Array.from(sums, (sum, item) =>
    counts[item] === 0 ? -Number.MAX_VALUE : sum / counts[item]!,
  );
}

/**
 * b_i of the model r̂ = μ + b_u + b_i with ridge penalty on b_u and b_i, solved by alternating least squares
 * to convergence. The user's bias does not change a user's ranking, so that one list serves all, [items].
 */
export function userItemBiasScores(dataset: Dataset, ridge: number): Float32Array {
  const { users, items, rewards } = dataset.train;
  const mean = rewards.reduce((sum, reward) => sum + reward, 0) / Math.max(1, rewards.length);
  const userBiases = new Float64Array(dataset.users);
  const itemBiases = new Float64Array(dataset.items);
  const maxRounds = 500;
  for (let round = 0; round < maxRounds; round++) {
    refit(userBiases, users, (row) => rewards[row]! - mean - itemBiases[items[row]!]!, ridge);
    const change = refit(
      itemBiases,
      items,
      (row) => rewards[row]! - mean - userBiases[users[row]!]!,
      ridge,
    );
    if (change < 1e-9) break;
  }
  return Float32Array.from(itemBiases);
}

/** biases[k] = Σ residual / (count + ridge) over the rows of k; returns the largest change. */
function refit(
  biases: Float64Array,
  index: Int32Array,
  residual: (row: number) => number,
  ridge: number,
): number {
  const sums = new Float64Array(biases.length);
  const counts = new Float64Array(biases.length);
  for (let row = 0; row < index.length; row++) {
    sums[index[row]!]! += residual(row);
    counts[index[row]!]!++;
  }
  let change = 0;
  for (let at = 0; at < biases.length; at++) {
    const bias = sums[at]! / (counts[at]! + ridge);
    change = Math.max(change, Math.abs(bias - biases[at]!));
    biases[at] = bias;
  }
  return change;
}

/** Biased matrix factorisation with 8 factors fitted to the training log, [users, items]. */
export function matrixFactorisationScores(dataset: Dataset): Float32Array {
  return factoriseMatrix(dataset.train, {
    users: dataset.users,
    items: dataset.items,
    factors: 8,
    ridge: 5,
    iterations: 30,
    random: new RandomStreams(0).stream('reference/matrix-factorisation'),
  });
}

/** Mean true reward per item over all users: its best list is the best one list for everybody, [items]. */
export function groundTruthMeanScores(dataset: Dataset): Float32Array {
  const { users, items, rewardsUI } = dataset.groundTruth!;
  const sums = new Float64Array(items);
  for (let user = 0; user < users; user++) {
    for (let item = 0; item < items; item++) sums[item]! += rewardsUI[user * items + item]!;
  }
  return Float32Array.from(sums, (sum) => sum / users);
}
