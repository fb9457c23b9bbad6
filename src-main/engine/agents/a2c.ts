import { rmSync } from 'node:fs';
import {
  compileStep,
  type CompiledStep,
  type Feed,
  type StepBody,
} from '#engine/compute/compile-step.ts';
import {
  greedy,
  maskShown,
  sampleCategorical,
  sparseSoftmaxCrossEntropy,
} from '#engine/compute/fused.ts';
import { clipByGlobalNorm, selectGradients, valueAndGradients } from '#engine/compute/gradients.ts';
import { Adam } from '#engine/compute/optimisers.ts';
import type { ParameterSet } from '#engine/compute/parameters.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import { saveActingGraph } from '#engine/compute/saved-model.ts';
import type { StateTensor } from '#engine/compute/state.ts';
import { tf } from '#engine/compute/tf.ts';
import type { AverageTracker, RewardScale } from '#engine/backbones/average-tracker.ts';
import type { LockstepEpisodes } from '#engine/environments/lockstep.ts';
import { ActorCritic } from './actor-critic.ts';
import { lambdaReturns, mergedMinibatches } from './returns.ts';

export interface A2cConfig {
  readonly hidden: readonly number[];
  readonly learningRate: number;
  readonly trackerLearningRate: number;
  readonly gamma: number;
  readonly gaeLambda: number;
  readonly valueCoefficient: number;
  readonly entropyCoefficient: number;
  /** Largest global gradient norm, or null for none. */
  readonly maxGradientNorm: number | null;
  readonly minibatchSize: number;
}

/** Means over the transitions of one update. */
export interface A2cLosses {
  readonly actor: number;
  readonly critic: number;
  readonly entropy: number;
}

/** Feeds are padded to a multiple of this, so that episodes of any length need few recorded shapes. */
const rowGranularity = 256;

/**
 * Advantage actor-critic over the items of a catalogue:
 *   L = −mean(A log π(a|s)) + c_v mean((V(s) − R)²) − c_e mean(H(π(·|s))),   A = R − V_old(s)
 * with λ-returns R, one pass of shuffled minibatches an update, and two Adams: network, and state tracker.
 */
export class A2c {
  readonly #config: A2cConfig;
  readonly #tracker: AverageTracker;
  readonly #network: ActorCritic;
  readonly #networkOptimiser: Adam;
  readonly #trackerOptimiser: Adam;
  readonly #sampling: RandomStream;
  readonly #shuffling: RandomStream;
  readonly #acting = new Map<string, CompiledStep>();
  readonly #update: CompiledStep;
  readonly #maskInTraining: boolean;

  constructor(
    config: A2cConfig,
    options: {
      tracker: AverageTracker;
      /** Already shown items leave the action distribution while learning, too. */
      maskInTraining: boolean;
      streams: { initial: RandomStream; sampling: RandomStream; shuffling: RandomStream };
    },
  ) {
    const { tracker, streams } = options;
    this.#config = config;
    this.#tracker = tracker;
    this.#maskInTraining = options.maskInTraining;
    this.#sampling = streams.sampling;
    this.#shuffling = streams.shuffling;
    this.#network = new ActorCritic('policy', {
      stateSize: tracker.stateSize,
      hidden: config.hidden,
      items: tracker.items,
      random: streams.initial,
    });
    this.#networkOptimiser = new Adam('policy/adam', this.#network.parameters.list(), {
      learningRate: config.learningRate,
    });
    this.#trackerOptimiser = new Adam('tracker/adam', tracker.parameters.list(), {
      learningRate: config.trackerLearningRate,
    });
    this.#update = compileStep('a2c-update', (feeds) => this.#learn(feeds));
  }

  get parameterSets(): readonly ParameterSet[] {
    return [this.#tracker.parameters, this.#network.parameters];
  }

  /** Scales both learning rates, for schedules. */
  scaleLearningRates(factor: number): void {
    this.#networkOptimiser.learningRate = this.#config.learningRate * factor;
    this.#trackerOptimiser.learningRate = this.#config.trackerLearningRate * factor;
  }

  /**
   * An action and V(s) for each of the episodes, [count].
   * @param random stream of the sampling; null acts greedily
   */
  act(
    episodes: LockstepEpisodes,
    options: { scale: RewardScale; excludeShown: boolean; random: RandomStream | null },
  ): { actions: Int32Array; values: Float32Array } {
    const { count } = episodes;
    const feeds = this.#actingFeeds(episodes, options);
    if (options.random !== null) {
      const uniforms = new Float32Array(count);
      options.random.fillUniform(uniforms);
      feeds['uniforms'] = { data: uniforms, shape: [count] };
    }
    const { actions, values } = this.#actingStep(options.random !== null).run(feeds);
    return { actions: actions as Int32Array, values: values as Float32Array };
  }

  /** The present moment of every episode as feeds of the network. */
  #actingFeeds(
    episodes: LockstepEpisodes,
    { scale, excludeShown }: { scale: RewardScale; excludeShown: boolean },
  ): Record<string, Feed> {
    const { count } = episodes;
    const windows = this.#tracker.windows(count);
    for (let episode = 0; episode < count; episode++) {
      const turn = Math.min(episodes.lengths[episode]!, episodes.maxLength - 1);
      this.#tracker.writeWindow(windows, episode, episodes, episode, turn, scale);
    }
    const feeds = this.#tracker.feeds(windows);
    if (excludeShown) {
      feeds['shown'] = this.#shownFeed(episodes, count, (row) => [row, episodes.lengths[row]!]);
    }
    return feeds;
  }

  /**
   * What the policy thinks at the present moment of each episode: π(·|s) [count, items], V(s) [count] and the
   * states [count, stateSize], row-major.
   */
  inspect(
    episodes: LockstepEpisodes,
    options: { scale: RewardScale; excludeShown: boolean },
  ): { probabilities: Float32Array; values: Float32Array; states: Float32Array } {
    const step = this.#compiled('a2c-inspect', (feeds) => {
      const { logits, values } = this.#forward(feeds);
      return { probabilities: tf.softmax(logits), values, states: this.#tracker.forward(feeds) };
    });
    const { probabilities, values, states } = step.run(this.#actingFeeds(episodes, options));
    return {
      probabilities: probabilities as Float32Array,
      values: values as Float32Array,
      states: states as Float32Array,
    };
  }

  #actingStep(sampled: boolean): CompiledStep {
    return this.#compiled(sampled ? 'a2c-sample' : 'a2c-greedy', (feeds) => {
      const { logits, values } = this.#forward(feeds);
      const actions = sampled
        ? sampleCategorical(logits, feeds['uniforms'] as tf.Tensor1D)
        : greedy(logits);
      return { actions, values };
    });
  }

  /** The step of this name, compiled when it is first asked for. */
  #compiled(name: string, body: StepBody): CompiledStep {
    let step = this.#acting.get(name);
    if (step === undefined) {
      step = compileStep(name, body);
      this.#acting.set(name, step);
    }
    return step;
  }

  /** Logits, with −1e9 where an item is excluded, and values of the states in the feeds. */
  #forward(feeds: Record<string, tf.Tensor>): { logits: tf.Tensor2D; values: tf.Tensor1D } {
    const { logits, values } = this.#network.forward(this.#tracker.forward(feeds));
    const shown = feeds['shown'];
    return {
      logits: shown === undefined ? logits : maskShown(logits, shown as tf.Tensor2D),
      values,
    };
  }

  /**
   * Writes the greedy policy as a SavedModel for one user at a time: inputs `items`, `rewards`, `shares` (the
   * tracker's window) and `shown` (items that may not come again), outputs `actions` and `values`.
   * @returns false where steps are not recorded, as on the portable device
   */
  saveActing(folder: string, maxLength: number): boolean {
    const { items } = this.#tracker;
    const windows = this.#tracker.windows(1);
    windows.items.fill(items);
    windows.rewards.fill(1);
    windows.shares[0] = 1;
    const shown = new Int32Array(maxLength).fill(items);
    const step = this.#actingStep(false);
    step.run({ ...this.#tracker.feeds(windows), shown: { data: shown, shape: [1, maxLength] } });
    if (!step.captured) return false;
    rmSync(folder, { recursive: true, force: true });
    saveActingGraph(step, folder);
    return true;
  }

  /** Draws actions for a training collect. */
  explore(episodes: LockstepEpisodes, scale: RewardScale): ReturnType<A2c['act']> {
    const excludeShown = this.#maskInTraining;
    return this.act(episodes, { scale, excludeShown, random: this.#sampling });
  }

  /**
   * One pass over the transitions of finished episodes.
   * @param valuesET V(s_t) when the actions were drawn, [episodes, maxLength] row-major
   */
  update(episodes: LockstepEpisodes, valuesET: Float32Array, scale: RewardScale): A2cLosses {
    const { maxLength, lengths, rewardsET } = episodes;
    const { gamma, gaeLambda, minibatchSize } = this.#config;
    const returnsET = lambdaReturns(rewardsET, valuesET, lengths, maxLength, {
      gamma,
      lambda: gaeLambda,
    });
    const transitions = transitionIndices(lengths, maxLength);
    this.#shuffling.shuffle(transitions);
    let first = 0;
    const totals = { actor: 0, critic: 0, entropy: 0 };
    for (const size of mergedMinibatches(transitions.length, minibatchSize)) {
      const rows = transitions.subarray(first, first + size);
      const losses = this.#update.run(
        this.#updateFeeds(episodes, rows, valuesET, returnsET, scale),
      );
      for (const key of ['actor', 'critic', 'entropy'] as const) {
        totals[key] += (losses[key]![0]! * size) / transitions.length;
      }
      first += size;
    }
    return totals;
  }

  #updateFeeds(
    episodes: LockstepEpisodes,
    transitions: Int32Array,
    valuesET: Float32Array,
    returnsET: Float32Array,
    scale: RewardScale,
  ): Record<string, Feed> {
    const { maxLength, itemsET } = episodes;
    const rows = Math.ceil(transitions.length / rowGranularity) * rowGranularity;
    const windows = this.#tracker.windows(rows);
    const actions = new Int32Array(rows);
    const returns = new Float32Array(rows);
    const advantages = new Float32Array(rows);
    const weights = new Float32Array(rows);
    for (const [row, at] of transitions.entries()) {
      const [episode, turn] = [Math.floor(at / maxLength), at % maxLength];
      this.#tracker.writeWindow(windows, row, episodes, episode, turn, scale);
      actions[row] = itemsET[at]!;
      returns[row] = returnsET[at]!;
      advantages[row] = returnsET[at]! - valuesET[at]!;
      weights[row] = 1 / transitions.length;
    }
    const feeds = this.#tracker.feeds(windows);
    feeds['actions'] = { data: actions, shape: [rows] };
    feeds['returns'] = { data: returns, shape: [rows] };
    feeds['advantages'] = { data: advantages, shape: [rows] };
    feeds['weights'] = { data: weights, shape: [rows] };
    if (this.#maskInTraining) {
      feeds['shown'] = this.#shownFeed(episodes, rows, (row) => {
        const at = row < transitions.length ? transitions[row]! : 0;
        return [Math.floor(at / maxLength), at % maxLength];
      });
    }
    return feeds;
  }

  /** Items shown before a moment, padded with the item count, [rows, maxLength]. */
  #shownFeed(
    episodes: LockstepEpisodes,
    rows: number,
    moment: (row: number) => readonly [episode: number, turn: number],
  ): Feed {
    const { maxLength, itemsET } = episodes;
    const data = new Int32Array(rows * maxLength).fill(this.#tracker.items);
    for (let row = 0; row < rows; row++) {
      const [episode, turn] = moment(row);
      const start = episode * maxLength;
      data.set(itemsET.subarray(start, start + turn), row * maxLength);
    }
    return { data, shape: [rows, maxLength] };
  }

  #learn(feeds: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
    const { valueCoefficient, entropyCoefficient, maxGradientNorm } = this.#config;
    const weights = feeds['weights'] as tf.Tensor1D;
    const parameters = this.parameterSets.flatMap((set) => set.list());
    const { outputs, gradients } = valueAndGradients(() => {
      const { logits, values } = this.#forward(feeds);
      // −log π(a|s) is the cross-entropy of the taken action.
      const negativeLog = sparseSoftmaxCrossEntropy(logits, feeds['actions'] as tf.Tensor1D);
      const actor = negativeLog.mul(feeds['advantages']!).mul(weights).sum();
      const critic = values.sub(feeds['returns']!).square().mul(weights).sum();
      const entropy = entropyCoefficient === 0 ? tf.scalar(0) : meanEntropy(logits, weights);
      const loss = actor.add(critic.mul(valueCoefficient)).sub(entropy.mul(entropyCoefficient));
      return { loss: loss as tf.Scalar, actor, critic, entropy };
    }, parameters);
    const applied =
      maxGradientNorm === null ? gradients : clipByGlobalNorm(gradients, maxGradientNorm);
    this.#networkOptimiser.apply(selectGradients(applied, this.#network.parameters.list()));
    this.#trackerOptimiser.apply(selectGradients(applied, this.#tracker.parameters.list()));
    return { actor: outputs.actor, critic: outputs.critic, entropy: outputs.entropy };
  }

  tensors(): Record<string, StateTensor> {
    return Object.assign(
      {},
      ...this.parameterSets.map((set) => set.tensors()),
      this.#networkOptimiser.tensors(),
      this.#trackerOptimiser.tensors(),
    );
  }

  load(tensors: Readonly<Record<string, StateTensor>>): void {
    for (const set of this.parameterSets) set.load(tensors);
    this.#networkOptimiser.load(tensors);
    this.#trackerOptimiser.load(tensors);
  }

  dispose(): void {
    for (const step of [this.#update, ...this.#acting.values()]) step.dispose();
    this.#networkOptimiser.dispose();
    this.#trackerOptimiser.dispose();
    for (const set of this.parameterSets) set.dispose();
  }
}

/** Σ_b w_b H(π(·|s_b)). */
function meanEntropy(logits: tf.Tensor2D, weights: tf.Tensor1D): tf.Scalar {
  const logProbabilities = tf.logSoftmax(logits);
  const entropies = logProbabilities.exp().mul(logProbabilities).sum(1).neg();
  return entropies.mul(weights).sum();
}

/** Positions (episode · maxLength + turn) of all transitions, in order. */
function transitionIndices(lengths: Int32Array, maxLength: number): Int32Array {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const indices = new Int32Array(total);
  let at = 0;
  for (let episode = 0; episode < lengths.length; episode++) {
    for (let turn = 0; turn < lengths[episode]!; turn++) indices[at++] = episode * maxLength + turn;
  }
  return indices;
}
