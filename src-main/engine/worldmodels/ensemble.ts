import { compileStep, type CompiledStep } from '#engine/compute/compile-step.ts';
import { valueAndGradients } from '#engine/compute/gradients.ts';
import { Adam } from '#engine/compute/optimisers.ts';
import { RandomStreams, type RandomStream } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import type { Dataset } from '#engine/data/dataset.ts';
import type { PartState, Phase } from '#engine/training/phase.ts';
import { DeepFm, gaussianLoss } from './deepfm.ts';
import { fieldLayout, writePairCodes, type FieldLayout } from './fields.ts';
import { sampleNegatives, type TrainingPairs } from './negative-sampling.ts';
import { rowWeights, type PropensityWeighting } from './weights.ts';
import type { RewardModel } from './reward-model.ts';

export interface EnsembleConfig {
  readonly members: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly embeddingSize: number;
  readonly hidden: readonly number[];
  readonly output: 'identity' | 'sigmoid';
  readonly learningRate: number;
  readonly initialDeviation: number;
  /** Weight of ‖embeddings‖² and of ‖all parameters‖², once a batch. */
  readonly embeddingDecay: number;
  readonly decay: number;
  /** `zero`: K rounds of negatives with target 0; `none`: observed rows only. */
  readonly negatives: 'zero' | 'none';
  readonly negativeRounds: number;
  readonly centred: boolean;
  readonly propensity: PropensityWeighting;
  readonly seed: number;
  /** Each member its own initial weights; the published ensembles share theirs. */
  readonly seedPerMember: boolean;
}

interface Member {
  readonly model: DeepFm;
  readonly optimiser: Adam;
  readonly order: RandomStream;
}

/**
 * Fits an ensemble of DeepFMs. One step is one batch for every member. All members see the same positive and
 * negative pairs, each in its own order.
 */
export class EnsemblePhase implements Phase {
  readonly name = 'world model';
  readonly unit = 'batches';
  readonly total: number;
  readonly #dataset: Dataset;
  readonly #config: EnsembleConfig;
  readonly #layout: FieldLayout;
  readonly #pairs: TrainingPairs;
  readonly #weights: Float32Array;
  readonly #centre: number;
  readonly #streams: RandomStreams;
  readonly #members: readonly Member[];
  readonly #steps: readonly CompiledStep[];
  readonly #orders: Int32Array[];
  readonly #log: (metric: string, step: number, value: number) => void;
  #done = 0;
  #epochLoss = 0;
  /** Mean loss a row of each epoch so far, as float32 so that it survives being stored with the model. */
  #lossPerEpoch: number[] = [];

  constructor(
    dataset: Dataset,
    config: EnsembleConfig,
    log: (metric: string, step: number, value: number) => void,
  ) {
    this.#dataset = dataset;
    this.#config = config;
    this.#log = log;
    this.#streams = new RandomStreams(config.seed);
    this.#layout = fieldLayout(dataset);
    this.#pairs = this.#drawPairs();
    this.#weights = rowWeights(dataset.train, config.propensity);
    this.#centre = config.centred ? mean(dataset.train.rewards) : 0;
    this.#members = Array.from({ length: config.members }, (_, index) => this.#member(index));
    this.#orders = this.#members.map(() =>
      Int32Array.from({ length: this.#pairs.positiveRows.length }, (_, at) => at),
    );
    this.#steps = this.#members.map((member, index) =>
      compileStep(`world-model-${index}`, (feeds) => this.#trainMember(member, feeds)),
    );
    this.total = config.epochs * this.#batchesPerEpoch;
  }

  get done(): number {
    return this.#done;
  }

  get #batchesPerEpoch(): number {
    return Math.ceil(this.#pairs.positiveRows.length / this.#config.batchSize);
  }

  step(): void {
    const batch = this.#done % this.#batchesPerEpoch;
    if (batch === 0) {
      this.#epochLoss = 0;
      for (const [index, member] of this.#members.entries()) {
        member.order.shuffle(this.#orders[index]!);
      }
    }
    for (const [index, step] of this.#steps.entries()) {
      const { loss } = step.run(this.#feeds(this.#orders[index]!, batch));
      this.#epochLoss += loss![0]!;
    }
    this.#done++;
    if (batch === this.#batchesPerEpoch - 1) {
      const rows = this.#pairs.positiveRows.length * this.#config.members;
      this.#lossPerEpoch.push(Math.fround(this.#epochLoss / rows));
      logLosses(this.#log, this.#lossPerEpoch, this.#lossPerEpoch.length - 1);
    }
  }

  /** L = Σ_pos [(ŷ−y)² e^{−lv} + lv] + Σ_neg [ŷ² e^{−lv} + lv] + regularisation, then one Adam step. */
  #trainMember(member: Member, feeds: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
    const { embeddingDecay, decay } = this.#config;
    const { model, optimiser } = member;
    const { outputs, gradients } = valueAndGradients(() => {
      const prediction = model.forward(feeds['codes'] as tf.Tensor1D);
      const targets = feeds['targets'] as tf.Tensor1D;
      const fit = gaussianLoss(prediction, targets, feeds['weights'] as tf.Tensor1D);
      const penalty = model.regularisation({ embeddings: embeddingDecay, all: decay });
      return { loss: fit.add(penalty) as tf.Scalar };
    }, model.parameters.list());
    optimiser.apply(gradients);
    return { loss: outputs.loss };
  }

  #drawPairs(): TrainingPairs {
    const { train, users, items } = this.#dataset;
    if (this.#config.negatives === 'none') {
      const rows = Int32Array.from({ length: train.users.length }, (_, row) => row);
      const empty = new Int32Array(0);
      return { positiveRows: rows, negativeUsers: empty, negativeItems: empty };
    }
    return sampleNegatives(train, {
      users,
      items,
      rounds: this.#config.negativeRounds,
      tries: 3,
      random: this.#streams.stream('negatives'),
    });
  }

  #member(index: number): Member {
    const { config, layout } = { config: this.#config, layout: this.#layout };
    // Equal seeds give equal initial weights: a fresh set of streams draws the same numbers again.
    const initial = config.seedPerMember
      ? this.#streams.stream(`initial-${index}`)
      : new RandomStreams(config.seed).stream('initial');
    const fields = layout.userFields + layout.itemFields;
    const model = new DeepFm(
      `world-model-${index}`,
      { ...config, rows: layout.rows, fields },
      initial,
    );
    const { learningRate } = config;
    const optimiser = new Adam(`world-model-${index}/adam`, model.parameters.list(), {
      learningRate,
    });
    return { model, optimiser, order: this.#streams.stream(`order-${index}`) };
  }

  /** Positives first, then their negatives; rows past the end of the epoch have weight 0. */
  #feeds(order: Int32Array, batch: number): Parameters<CompiledStep['run']>[0] {
    const { batchSize } = this.#config;
    const { train } = this.#dataset;
    const { positiveRows, negativeUsers, negativeItems } = this.#pairs;
    const withNegatives = negativeUsers.length > 0;
    const rows = withNegatives ? 2 * batchSize : batchSize;
    const fields = this.#layout.userFields + this.#layout.itemFields;
    const codes = new Int32Array(rows * fields);
    const targets = new Float32Array(rows).fill(-this.#centre);
    const weights = new Float32Array(rows);
    for (let at = 0; at < batchSize && batch * batchSize + at < order.length; at++) {
      const pair = order[batch * batchSize + at]!;
      const row = positiveRows[pair]!;
      writePairCodes(this.#layout, codes, at, train.users[row]!, train.items[row]!);
      targets[at] = train.rewards[row]! - this.#centre;
      weights[at] = this.#weights[row]!;
      if (!withNegatives) continue;
      const other = batchSize + at;
      writePairCodes(this.#layout, codes, other, negativeUsers[pair]!, negativeItems[pair]!);
      weights[other] = 1;
    }
    return {
      codes: { data: codes, shape: [rows * fields] },
      targets: { data: targets, shape: [rows] },
      weights: { data: weights, shape: [rows] },
    };
  }

  /** R̂ = mean of the members' means; P_U = largest of the members' variances (maxvar). */
  predict(): RewardModel {
    const { users, items } = this.#dataset;
    const fields = this.#layout.userFields + this.#layout.itemFields;
    const block = 8192;
    const step = compileStep('world-model-predict', ({ codes }) => {
      const outputs = this.#members.map(({ model }) => model.forward(codes as tf.Tensor1D));
      return {
        mean: tf
          .stack(outputs.map((output) => output.mean))
          .mean(0)
          .add(this.#centre),
        variance: tf
          .stack(outputs.map((output) => output.logVariance))
          .max(0)
          .exp(),
      };
    });
    const rewardsUI = new Float32Array(users * items);
    const uncertaintyUI = new Float32Array(users * items);
    for (let first = 0; first < users * items; first += block) {
      const count = Math.min(block, users * items - first);
      const codes = new Int32Array(block * fields);
      for (let at = 0; at < count; at++) {
        const pair = first + at;
        writePairCodes(this.#layout, codes, at, Math.floor(pair / items), pair % items);
      }
      const { mean, variance } = step.run({ codes: { data: codes, shape: [block * fields] } });
      rewardsUI.set((mean as Float32Array).subarray(0, count), first);
      uncertaintyUI.set((variance as Float32Array).subarray(0, count), first);
    }
    step.dispose();
    const lossPerEpoch = Float32Array.from(this.#lossPerEpoch);
    return { users, items, rewardsUI, uncertaintyUI, lossPerEpoch, ...this.#itemEmbeddings() };
  }

  /** Concatenated embeddings of an item's fields in the first member. */
  #itemEmbeddings(): Pick<RewardModel, 'itemEmbeddings' | 'itemEmbeddingSize'> {
    const { itemFields, itemCodes } = this.#layout;
    const { embeddingSize } = this.#config;
    const table = this.#members[0]!.model.embeddingValues();
    const itemEmbeddings = new Float32Array(itemCodes.length * embeddingSize);
    for (const [at, code] of itemCodes.entries()) {
      const row = table.subarray(code * embeddingSize, (code + 1) * embeddingSize);
      itemEmbeddings.set(row, at * embeddingSize);
    }
    return { itemEmbeddings, itemEmbeddingSize: itemFields * embeddingSize };
  }

  state(): PartState {
    const parts = this.#members.flatMap(({ model, optimiser }) => [
      model.parameters.tensors(),
      optimiser.tensors(),
    ]);
    const orders = this.#orders.map((data, index) => [
      `world-model-${index}/order`,
      { shape: [data.length], data },
    ]);
    return {
      tensors: Object.assign({}, ...parts, Object.fromEntries(orders)),
      values: {
        done: this.#done,
        epochLoss: this.#epochLoss,
        lossPerEpoch: [...this.#lossPerEpoch],
        random: this.#streams.state(),
      },
    };
  }

  restore(state: PartState): void {
    for (const [index, { model, optimiser }] of this.#members.entries()) {
      model.parameters.load(state.tensors);
      optimiser.load(state.tensors);
      this.#orders[index]!.set(state.tensors[`world-model-${index}/order`]!.data);
    }
    this.#done = state.values['done'] as number;
    this.#epochLoss = state.values['epochLoss'] as number;
    this.#lossPerEpoch = [...(state.values['lossPerEpoch'] as number[])];
    this.#streams.restore(state.values['random'] as Record<string, string>);
  }

  dispose(): void {
    for (const step of this.#steps) step.dispose();
    for (const { model, optimiser } of this.#members) {
      optimiser.dispose();
      model.dispose();
    }
  }
}

/** Logs the loss curve from the epoch at index `from` on; epochs count from 1. */
export function logLosses(
  log: (metric: string, step: number, value: number) => void,
  lossPerEpoch: ArrayLike<number>,
  from: number,
): void {
  for (let epoch = from; epoch < lossPerEpoch.length; epoch++) {
    log('world-model/loss', epoch + 1, lossPerEpoch[epoch]!);
  }
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
