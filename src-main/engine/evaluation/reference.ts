import type { Protocol } from '#contract/protocol.ts';
import { RandomStreams, type RandomStream } from '#engine/compute/random.ts';
import type { Dataset } from '#engine/data/dataset.ts';
import { exitRuleOf, type ExitRule } from '#engine/environments/exit-rule.ts';
import type { LockstepEpisodes } from '#engine/environments/lockstep.ts';
import { catalogueStatistics } from './catalogue.ts';
import { collectEpisodes, drawUsers, type ActingPolicy } from './collector.ts';
import { evaluateEpisodes, type EvaluationMetrics } from './metrics.ts';
import {
  groundTruthMeanScores,
  itemMeanScores,
  matrixFactorisationScores,
  popularityScores,
  userItemBiasScores,
} from './reference-scores.ts';

/** Scores of items: one row for everybody ([items]) or one a user ([users, items] row-major). */
export type ItemScores = Float32Array;

const batchSize = 256;

/** Shows every user the allowed item with the highest score; ties go to the smaller index. */
export class ScorePolicy implements ActingPolicy {
  readonly batchSize = batchSize;
  readonly #scores: ItemScores;
  readonly #items: number;
  readonly #avoidedExit: ExitRule | null;
  readonly #shown: Uint8Array;

  /** @param avoidedExit when given, items that make the user leave come last */
  constructor(scores: ItemScores, items: number, avoidedExit: ExitRule | null = null) {
    this.#scores = scores;
    this.#items = items;
    this.#avoidedExit = avoidedExit;
    this.#shown = new Uint8Array(items);
  }

  act(episodes: LockstepEpisodes, excludeShown: boolean): Int32Array {
    const actions = new Int32Array(episodes.count);
    for (let episode = 0; episode < episodes.count; episode++) {
      if (episodes.ended[episode] === 1) continue;
      const start = episode * episodes.maxLength;
      const history = episodes.itemsET.subarray(start, start + episodes.lengths[episode]!);
      if (excludeShown) for (const item of history) this.#shown[item] = 1;
      actions[episode] = this.#best(episodes, episode);
      for (const item of history) this.#shown[item] = 0;
    }
    return actions;
  }

  #best(episodes: LockstepEpisodes, episode: number): number {
    const perUser = this.#scores.length > this.#items;
    const base = perUser ? episodes.users[episode]! * this.#items : 0;
    const start = episode * episodes.maxLength;
    const turn = episodes.lengths[episode]!;
    let best = -1;
    let bestScore = -Infinity;
    let leaving = 0;
    let leavingScore = -Infinity;
    for (let item = 0; item < this.#items; item++) {
      const score = this.#scores[base + item]!;
      if (this.#shown[item] === 1 || score <= bestScore) continue;
      if (this.#avoidedExit?.leaves(episodes.itemsET, start, turn, item) !== true) {
        bestScore = score;
        best = item;
      } else if (score > leavingScore) {
        leavingScore = score;
        leaving = item;
      }
    }
    return best === -1 ? leaving : best;
  }
}

/** Draws uniformly among the allowed items. */
export class RandomPolicy implements ActingPolicy {
  readonly batchSize = batchSize;
  readonly #random: RandomStream;
  readonly #items: number;

  constructor(items: number, random: RandomStream) {
    this.#items = items;
    this.#random = random;
  }

  act(episodes: LockstepEpisodes, excludeShown: boolean): Int32Array {
    const actions = new Int32Array(episodes.count);
    for (let episode = 0; episode < episodes.count; episode++) {
      if (episodes.ended[episode] === 1) continue;
      const start = episode * episodes.maxLength;
      const history = episodes.itemsET.subarray(start, start + episodes.lengths[episode]!);
      let item = this.#random.integer(this.#items);
      while (excludeShown && history.includes(item)) item = this.#random.integer(this.#items);
      actions[episode] = item;
    }
    return actions;
  }
}

/** A policy that every table shows beside the methods: no learning, or knowledge nobody has. */
export interface ReferencePolicy {
  readonly name: string;
  readonly title: string;
  /** True when it looks at the ground truth. */
  readonly usesTruth: boolean;
  build(dataset: Dataset, protocol: Protocol, random: RandomStream): ActingPolicy;
}

const scored = (
  name: string,
  title: string,
  scores: (dataset: Dataset) => ItemScores,
  usesTruth = false,
): ReferencePolicy => ({
  name,
  title,
  usesTruth,
  build: (dataset) => new ScorePolicy(scores(dataset), dataset.items),
});

export const referencePolicies: readonly ReferencePolicy[] = [
  {
    name: 'random',
    title: 'Random',
    usesTruth: false,
    build: (dataset, _protocol, random) => new RandomPolicy(dataset.items, random),
  },
  scored('popular', 'Most popular', popularityScores),
  scored('item-mean', 'Item mean', itemMeanScores),
  scored('user-item-bias', 'User and item bias (ridge 5)', (dataset) =>
    userItemBiasScores(dataset, 5),
  ),
  scored('matrix-factorisation', 'Matrix factorisation (8 factors)', matrixFactorisationScores),
  scored('best-fixed-list', 'Best fixed list', groundTruthMeanScores, true),
  {
    name: 'oracle',
    title: 'Oracle',
    usesTruth: true,
    // Exact where users never leave; otherwise greedy among the items that keep the user.
    build: (dataset, protocol) =>
      new ScorePolicy(dataset.groundTruth!.rewardsUI, dataset.items, exitRuleOf(dataset, protocol)),
  },
];

export interface ReferenceScore extends EvaluationMetrics {
  readonly policy: string;
  readonly title: string;
  readonly usesTruth: boolean;
  readonly episodes: number;
}

/**
 * Scores every reference policy in the ground-truth environment. Users are stratified: a policy without
 * chance is played once for every user, which is its exact expectation; the random one for `episodes`
 * episodes, rounded up to whole rounds of users.
 * @throws OffrecError `invalid-input` when dataset and protocol do not fit
 */
export async function scoreReferences(
  dataset: Dataset,
  protocol: Protocol,
  options: {
    episodes: number;
    seed: number;
    onProgress?: (progress: { done: number; total: number; unit: string; stage: string }) => void;
    signal?: AbortSignal;
  },
): Promise<ReferenceScore[]> {
  const streams = new RandomStreams(options.seed);
  const catalogue = catalogueStatistics(dataset);
  const scores: ReferenceScore[] = [];
  for (const [index, reference] of referencePolicies.entries()) {
    options.signal?.throwIfAborted();
    const rounds = reference.name === 'random' ? Math.ceil(options.episodes / dataset.users) : 1;
    const episodes = rounds * dataset.users;
    const random = streams.stream(`reference/${reference.name}`);
    const policy = reference.build(dataset, protocol, random);
    const users = drawUsers(dataset.users, episodes, 'stratified', random);
    const log = collectEpisodes(dataset, protocol, policy, users);
    const { name, title, usesTruth } = reference;
    scores.push({ policy: name, title, usesTruth, episodes, ...evaluateEpisodes(log, catalogue) });
    const done = index + 1;
    options.onProgress?.({ done, total: referencePolicies.length, unit: 'policies', stage: name });
    // Lets a cancellation and other messages in between two policies.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return scores;
}
