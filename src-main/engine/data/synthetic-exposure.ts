import type { RandomStream, RandomStreams } from '#engine/compute/random.ts';
import type { FeatureColumn, Interactions } from './dataset.ts';
import type { SyntheticOptions } from './synthetic-options.ts';
import type { SyntheticTruth } from './synthetic-truth.ts';

const secondsPerDay = 86_400;
/** Less is no noise: its Beta variable would have no finite concentration. */
const leastNoise = 1e-6;
/** First day of every synthetic log: 2024-01-01. */
const epochS = 1_704_067_200;

/** The log that a biased recommender left, and how probable each of its exposures was. */
export interface SyntheticLog {
  readonly train: Interactions;
  readonly test: Interactions | null;
  /** Probability that (user, item) was exposed in any round, given what had been clicked before each. */
  readonly propensitiesUI: Float32Array;
}

/** Draws rewards of given mean on the scale, with more noise on unpopular items. */
class RewardSampler {
  readonly #options: SyntheticOptions;
  readonly #rewardsUI: Float32Array;
  /** Noise of each item, as a fraction of the scale. */
  readonly #noise: Float64Array;
  readonly #stream: RandomStream;

  constructor(
    options: SyntheticOptions,
    rewardsUI: Float32Array,
    popularity: Float64Array,
    stream: RandomStream,
  ) {
    this.#options = options;
    this.#rewardsUI = rewardsUI;
    const order = Int32Array.from(popularity.keys()).sort(
      (a, b) => popularity[b]! - popularity[a]!,
    );
    this.#noise = new Float64Array(order.length);
    order.forEach((item, rank) => {
      const tail = rank / Math.max(1, order.length - 1);
      this.#noise[item] = options.noise * (1 + options.tailNoise * tail);
    });
    this.#stream = stream;
  }

  /**
   * A Beta variable scaled to [rewardMin, rewardMax]: bounded like a rating and, unlike a clipped
   * normal, with exactly the true mean.
   */
  draw(user: number, item: number): number {
    const { rewardMin, rewardMax } = this.#options;
    const span = rewardMax - rewardMin;
    const mean = this.#rewardsUI[user * this.#noise.length + item]!;
    const share = Math.min(1 - 1e-6, Math.max(1e-6, (mean - rewardMin) / span));
    const noise = this.#noise[item]!;
    if (noise < leastNoise) return mean;
    const concentration = Math.max(0.05, (share * (1 - share)) / (noise * noise) - 1);
    const first = drawGamma(this.#stream, share * concentration);
    const second = drawGamma(this.#stream, (1 - share) * concentration);
    const sum = first + second;
    if (sum === 0) return this.#stream.uniform() < share ? rewardMax : rewardMin;
    return rewardMin + (span * first) / sum;
  }
}

/** A Gamma(shape, 1) variable (Marsaglia and Tsang 2000, with their boost for shapes below 1). */
function drawGamma(stream: RandomStream, shape: number): number {
  if (shape < 1) return drawGamma(stream, shape + 1) * (1 - stream.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = stream.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - stream.uniform()) < 0.5 * x * x + d * (1 - v + Math.log(v)))
      return d * v;
  }
}

/** Log popularity of each item: normal, correlated with quality. */
function drawPopularity(
  options: SyntheticOptions,
  quality: Float64Array,
  stream: RandomStream,
): Float64Array {
  const correlation = options.popularityQuality;
  const rest = Math.sqrt(1 - correlation * correlation);
  return quality.map((value) => correlation * value + rest * stream.normal());
}

/** Rows gathered in the order of logging. */
class LogBuilder {
  readonly users: number[] = [];
  readonly items: number[] = [];
  readonly rewards: number[] = [];
  readonly times: number[] = [];

  build(propensities: Float32Array): Interactions {
    return {
      users: Int32Array.from(this.users),
      items: Int32Array.from(this.items),
      rewards: Float32Array.from(this.rewards),
      times: Float64Array.from(this.times),
      propensities,
    };
  }
}

/** What the recommender of the log has learnt: clicks per item, and per user and category. */
interface Clicks {
  readonly perItem: Float64Array;
  readonly perUserCategory: Float64Array;
}

/**
 * Simulates the log. In each round every pair not yet exposed is exposed independently with probability
 * `k w_ui / sum_j w_uj` (j over what the user has not seen, at most 0.95), k being the user's rows a
 * round and
 *
 *     log w_ui = exposureBias (popularityBias pop_i + selfSelection appeal_ui
 *                              + feedbackLoop (log clicks_i + log clicks_u,category(i)))
 *
 * Propensity of a pair: `1 - prod over rounds (1 - probability of the round)`.
 */
export function drawLog(
  options: SyntheticOptions,
  truth: SyntheticTruth,
  streams: RandomStreams,
): SyntheticLog {
  const { users, items } = options;
  const popularity = drawPopularity(options, truth.quality, streams.stream('popularity'));
  const rewards = new RewardSampler(
    options,
    truth.rewardsUI,
    popularity,
    streams.stream('rewards'),
  );
  const clicks: Clicks = {
    perItem: new Float64Array(items),
    perUserCategory: new Float64Array(users * options.categories),
  };
  const unexposedUI = new Float32Array(users * items).fill(1);
  const seenUI = new Uint8Array(users * items);
  const log = new LogBuilder();
  for (let round = 0; round < options.rounds; round += 1) {
    const cells: number[] = [];
    for (let user = 0; user < users; user += 1) {
      const weights = exposureWeights(options, truth, popularity, clicks, user);
      exposeUser(options, user, weights, unexposedUI, seenUI, streams.stream('exposure'), cells);
    }
    logRound(cells, round, options, truth.categories, rewards, clicks, log, streams);
  }
  const propensitiesUI = unexposedUI.map((probability) => 1 - probability);
  const rowPropensities = Float32Array.from(
    log.users,
    (user, row) => propensitiesUI[user * items + log.items[row]!]!,
  );
  return {
    train: log.build(rowPropensities),
    test: drawTest(options, rewards, streams.stream('test')),
    propensitiesUI,
  };
}

function exposureWeights(
  options: SyntheticOptions,
  truth: SyntheticTruth,
  popularity: Float64Array,
  clicks: Clicks,
  user: number,
): Float64Array {
  const { items, categories: count, feedbackLoop } = options;
  const { categories, appealUI } = truth;
  return popularity.map((value, item) => {
    let categoryClicks = 0;
    for (let index = categories.offsets[item]!; index < categories.offsets[item + 1]!; index += 1) {
      categoryClicks += clicks.perUserCategory[user * count + categories.values[index]!]!;
    }
    const loop = Math.log1p(clicks.perItem[item]!) + Math.log1p(categoryClicks);
    const logit =
      options.popularityBias * value +
      options.selfSelection * appealUI[user * items + item]! +
      feedbackLoop * loop;
    return Math.exp(options.exposureBias * logit);
  });
}

function exposeUser(
  options: SyntheticOptions,
  user: number,
  weights: Float64Array,
  unexposedUI: Float32Array,
  seenUI: Uint8Array,
  stream: RandomStream,
  cells: number[],
): void {
  const perRound = options.interactionsPerUser / options.rounds;
  const start = user * weights.length;
  const open = weights.filter((_, item) => seenUI[start + item] === 0);
  const total = open.reduce((sum, weight) => sum + weight, 0);
  for (let item = 0; item < weights.length; item += 1) {
    const cell = start + item;
    // Never certain and never impossible, so that every exposed row has a propensity inside (0, 1).
    const probability = Math.min(0.95, Math.max(1e-7, (perRound * weights[item]!) / total));
    unexposedUI[cell]! *= 1 - probability;
    if (stream.uniform() < probability && seenUI[cell] === 0) {
      seenUI[cell] = 1;
      cells.push(cell);
    }
  }
}

/** Rows of one round in random order, spread over one day, and the clicks that follow from them. */
function logRound(
  cells: readonly number[],
  round: number,
  options: SyntheticOptions,
  categories: FeatureColumn,
  rewards: RewardSampler,
  clicks: Clicks,
  log: LogBuilder,
  streams: RandomStreams,
): void {
  const order = Int32Array.from(cells);
  streams.stream('order').shuffle(order);
  const middle = (options.rewardMin + options.rewardMax) / 2;
  order.forEach((cell, position) => {
    const user = Math.floor(cell / options.items);
    const item = cell % options.items;
    const reward = Math.fround(rewards.draw(user, item));
    log.users.push(user);
    log.items.push(item);
    log.rewards.push(reward);
    log.times.push(epochS + secondsPerDay * (round + position / order.length));
    if (reward <= middle) return;
    clicks.perItem[item]! += 1;
    for (let index = categories.offsets[item]!; index < categories.offsets[item + 1]!; index += 1) {
      clicks.perUserCategory[user * options.categories + categories.values[index]!]! += 1;
    }
  });
}

/** Held-out rows of uniformly drawn items, after the last day of the log. */
function drawTest(
  options: SyntheticOptions,
  rewards: RewardSampler,
  stream: RandomStream,
): Interactions | null {
  const { users, items, testInteractionsPerUser: count, rounds } = options;
  if (count === 0) return null;
  const log = new LogBuilder();
  const order = Int32Array.from({ length: items }, (_, item) => item);
  for (let user = 0; user < users; user += 1) {
    for (let k = 0; k < count; k += 1) {
      const other = k + stream.integer(items - k);
      const item = order[other]!;
      order[other] = order[k]!;
      order[k] = item;
      log.users.push(user);
      log.items.push(item);
      log.rewards.push(rewards.draw(user, item));
      log.times.push(epochS + secondsPerDay * (rounds + k / count));
    }
  }
  return log.build(new Float32Array(log.users.length).fill(count / items));
}
