import type { Feed, StepBody } from '#engine/compute/compile-step.ts';
import * as fused from '#engine/compute/fused.ts';
import { clipByGlobalNorm, valueAndGradients } from '#engine/compute/gradients.ts';
import { normal, torchLinear, zeros } from '#engine/compute/initialisers.ts';
import { Adam, Sgd, type Optimiser } from '#engine/compute/optimisers.ts';
import { ParameterSet, type Parameter } from '#engine/compute/parameters.ts';
import { RandomStreams, type RandomStream } from '#engine/compute/random.ts';
import type { StateTensor } from '#engine/compute/state.ts';
import { tf } from '#engine/compute/tf.ts';

/** A model in training: everything that a step's body and its caller need. */
export interface Training {
  readonly parameters: ParameterSet;
  readonly optimiser: Optimiser;
  readonly body: StepBody;
  readonly feeds: () => Record<string, Feed>;
}

/** Values and slots by name. */
export function stateOf({ parameters, optimiser }: Training): Record<string, StateTensor> {
  return { ...parameters.tensors(), ...optimiser.tensors() };
}

export function disposeTraining({ parameters, optimiser }: Training): void {
  optimiser.dispose();
  parameters.dispose();
}

const batch = 12;
const width = 8;
const items = 30;
const time = 5;

const read2 = (parameter: Parameter): tf.Tensor2D => parameter.read<tf.Rank.R2>();
const read1 = (parameter: Parameter): tf.Tensor1D => parameter.read<tf.Rank.R1>();

function floats(stream: RandomStream, shape: number[]): Feed {
  return { data: normal(stream, shape, 1), shape };
}

function integers(stream: RandomStream, shape: number[], bound: number): Feed {
  const data = new Int32Array(shape.reduce((product, length) => product * length, 1));
  stream.fillIntegers(data, bound);
  return { data, shape };
}

function layer(
  parameters: ParameterSet,
  stream: RandomStream,
  name: string,
  sizes: [number, number],
): {
  weight: Parameter;
  bias: Parameter;
} {
  const initial = torchLinear(stream, sizes);
  return {
    weight: parameters.create(`${name}/weight`, sizes, initial.weight),
    bias: parameters.create(`${name}/bias`, [sizes[1]], initial.bias),
  };
}

/** A body that differentiates `loss` by all parameters and applies the optimiser. */
function trainingBody(
  parameters: ParameterSet,
  optimiser: Optimiser,
  loss: (feeds: Record<string, tf.Tensor>) => tf.Scalar,
  maxNorm: number | null = null,
): StepBody {
  return (feeds) => {
    const { outputs, gradients } = valueAndGradients(
      () => ({ loss: loss(feeds) }),
      parameters.list(),
    );
    optimiser.apply(maxNorm === null ? gradients : clipByGlobalNorm(gradients, maxNorm));
    return { loss: outputs.loss };
  };
}

function regression(stream: RandomStream): Training {
  const parameters = new ParameterSet('regression');
  const first = layer(parameters, stream, 'first', [width, 16]);
  const second = layer(parameters, stream, 'second', [16, 1]);
  const optimiser = new Adam('adam', parameters.list(), { learningRate: 0.01 });
  const loss = ({ x, y }: Record<string, tf.Tensor>): tf.Scalar => {
    const hidden = fused.linear(x as tf.Tensor2D, read2(first.weight), read1(first.bias), 'relu');
    const output = fused.linear(hidden, read2(second.weight), read1(second.bias));
    return output.sub(y!).square().mean() as tf.Scalar;
  };
  const feeds = (): Record<string, Feed> => ({
    x: floats(stream, [batch, width]),
    y: floats(stream, [batch, 1]),
  });
  return { parameters, optimiser, body: trainingBody(parameters, optimiser, loss), feeds };
}

function embedding(stream: RandomStream): Training {
  const parameters = new ParameterSet('embedding');
  const table = parameters.create('table', [items, width], normal(stream, [items, width], 0.1));
  const bias = parameters.create('bias', [items, 1], zeros([items, 1]));
  const optimiser = new Adam('adamw', parameters.list(), { learningRate: 0.02, weightDecay: 0.01 });
  const loss = ({ ids, y }: Record<string, tf.Tensor>): tf.Scalar => {
    const factors = fused.embed(table, ids!);
    const square = factors.sum(1).square().sub(factors.square().sum(1));
    const score = square
      .sum(1)
      .mul(0.5)
      .add(fused.embed(bias, ids!).reshape([batch, time]).sum(1));
    return score.sub(y!).square().mean() as tf.Scalar;
  };
  const feeds = (): Record<string, Feed> => ({
    ids: integers(stream, [batch, time], items),
    y: floats(stream, [batch]),
  });
  return { parameters, optimiser, body: trainingBody(parameters, optimiser, loss), feeds };
}

function policy(stream: RandomStream): Training {
  const parameters = new ParameterSet('policy');
  const hidden = layer(parameters, stream, 'hidden', [width, 16]);
  const head = layer(parameters, stream, 'head', [16, items]);
  const optimiser = new Adam('adam', parameters.list(), { learningRate: 0.01 });
  const loss = ({ x, actions, advantages }: Record<string, tf.Tensor>): tf.Scalar => {
    const state = fused.linear(x as tf.Tensor2D, read2(hidden.weight), read1(hidden.bias), 'tanh');
    const logits = fused.linear(state, read2(head.weight), read1(head.bias));
    const losses = fused.sparseSoftmaxCrossEntropy(logits, actions as tf.Tensor1D);
    const logProbabilities = fused.logSoftmax(logits);
    const entropy = logProbabilities
      .exp()
      .mul(logProbabilities)
      .sum()
      .mul(0.01 / batch);
    return losses.mul(advantages!).mean().add(entropy) as tf.Scalar;
  };
  const feeds = (): Record<string, Feed> => ({
    x: floats(stream, [batch, width]),
    actions: integers(stream, [batch], items),
    advantages: floats(stream, [batch]),
  });
  return { parameters, optimiser, body: trainingBody(parameters, optimiser, loss, 0.5), feeds };
}

function recurrent(stream: RandomStream): Training {
  const parameters = new ParameterSet('recurrent');
  const table = parameters.create('table', [items, width], normal(stream, [items, width], 0.1));
  const input = layer(parameters, stream, 'input', [width, 3 * width]);
  const hidden = layer(parameters, stream, 'hidden', [width, 3 * width]);
  const head = layer(parameters, stream, 'head', [width, items]);
  const optimiser = new Adam('adam', parameters.list(), { learningRate: 0.01 });
  const loss = ({ ids, next }: Record<string, tf.Tensor>): tf.Scalar => {
    const states = fused.gruSequence(fused.embed(table, ids!) as tf.Tensor3D, {
      inputWeight: read2(input.weight),
      inputBias: read1(input.bias),
      hiddenWeight: read2(hidden.weight),
      hiddenBias: read1(hidden.bias),
    });
    const scale = tf.fill([batch], 1 / batch) as tf.Tensor1D;
    const [weight, bias] = [read2(head.weight), read1(head.bias)];
    return fused.crossEntropyLinear(states.at(-1)!, weight, bias, next as tf.Tensor1D, scale);
  };
  const feeds = (): Record<string, Feed> => ({
    ids: integers(stream, [batch, time], items),
    next: integers(stream, [batch], items),
  });
  return { parameters, optimiser, body: trainingBody(parameters, optimiser, loss), feeds };
}

function convolutional(stream: RandomStream): Training {
  const parameters = new ParameterSet('convolutional');
  const table = parameters.create('table', [items, width], normal(stream, [items, width], 0.1));
  const causal = layer(parameters, stream, 'causal', [3 * width, width]);
  const gain = parameters.create('gain', [width], new Float32Array(width).fill(1));
  const shift = parameters.create('shift', [width], zeros([width]));
  const windows = layer(parameters, stream, 'windows', [2 * width, width]);
  const optimiser = new Sgd('sgd', parameters.list(), { learningRate: 0.1 });
  const loss = ({ ids, y }: Record<string, tf.Tensor>): tf.Scalar => {
    const timeFirst = fused.embed(table, ids!) as tf.Tensor3D;
    const convolved = fused.causalConvolution1d(
      timeFirst,
      read2(causal.weight),
      read1(causal.bias),
      2,
    );
    const normalised = tf.relu(fused.layerNorm(convolved, read1(gain), read1(shift)));
    const batchFirst = tf.transpose(normalised.add(timeFirst), [1, 0, 2]) as tf.Tensor3D;
    const [weight, bias] = [read2(windows.weight), read1(windows.bias)];
    const pooled = fused.maxOverTime(fused.windowConvolution(batchFirst, 2, weight, bias, 'relu'));
    return pooled.sub(y!).square().mean() as tf.Scalar;
  };
  const feeds = (): Record<string, Feed> => ({
    ids: integers(stream, [time, batch], items),
    y: floats(stream, [batch, width]),
  });
  return { parameters, optimiser, body: trainingBody(parameters, optimiser, loss), feeds };
}

/** Attention in tfjs's own operations only: softmax, batched products, slices, concatenation, where. */
function attention(stream: RandomStream): Training {
  const parameters = new ParameterSet('attention');
  const table = parameters.create('table', [items, width], normal(stream, [items, width], 0.5));
  const query = layer(parameters, stream, 'query', [width, width]);
  const output = layer(parameters, stream, 'output', [2 * width, 1]);
  const optimiser = new Adam('adam', parameters.list(), { learningRate: 0.01 });
  const loss = ({ ids, y }: Record<string, tf.Tensor>): tf.Scalar => {
    const sequence = tf.gather(table.read(), ids as tf.Tensor2D) as tf.Tensor3D;
    const queries = fused.linear(sequence, read2(query.weight), read1(query.bias));
    const scores = tf.matMul(queries, sequence, false, true).div(Math.sqrt(width));
    const turns = tf.range(0, time, 1, 'int32');
    const future = tf.greater(tf.reshape(turns, [1, time]), tf.reshape(turns, [time, 1]));
    const masked = tf.where(
      tf.broadcastTo(future, scores.shape),
      tf.fill(scores.shape, -1e9),
      scores,
    );
    const attended = tf.matMul(tf.softmax(masked), sequence);
    const last = tf.slice(attended, [0, time - 1, 0], [batch, 1, width]).reshape([batch, width]);
    const mean = tf.sigmoid(tf.mean(sequence, 1));
    const joined = tf.concat([last as tf.Tensor2D, mean as tf.Tensor2D], 1);
    const score = fused.linear(joined, read2(output.weight), read1(output.bias));
    return tf.softplus(tf.neg(score.mul(y!))).mean() as tf.Scalar;
  };
  const feeds = (): Record<string, Feed> => ({
    ids: integers(stream, [batch, time], items),
    y: floats(stream, [batch, 1]),
  });
  return { parameters, optimiser, body: trainingBody(parameters, optimiser, loss), feeds };
}

const builders = { regression, embedding, policy, recurrent, convolutional, attention };

export type TrainingName = keyof typeof builders;
export const trainingNames = Object.keys(builders) as TrainingName[];

/** The same name and seed make the same parameters and the same sequence of feeds. */
export function makeTraining(name: TrainingName, seed = 1): Training {
  return builders[name](new RandomStreams(seed).stream(name));
}
