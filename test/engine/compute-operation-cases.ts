import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import * as fused from '#engine/compute/fused.ts';
import { clipByGlobalNorm, valueAndGradients } from '#engine/compute/gradients.ts';
import { Adam, Sgd, type Optimiser } from '#engine/compute/optimisers.ts';
import { ParameterSet, type Parameter } from '#engine/compute/parameters.ts';
import { tf } from '#engine/compute/tf.ts';

interface StoredTensor {
  shape: number[];
  dtype: 'float32' | 'int32';
  data: number[];
}

export interface StoredCase {
  name: string;
  options: { activation?: fused.Activation; dilation?: number };
  inputs: Record<string, StoredTensor>;
  weight: StoredTensor;
  value: number[];
  gradients: Record<string, number[]>;
}

interface StoredOptimisers {
  start: StoredTensor;
  slopes: StoredTensor[];
  rates: number[];
  paths: Record<string, number[][]>;
}

const fixture = new URL('../fixtures/compute/gradients.json', import.meta.url);
export const stored = JSON.parse(readFileSync(fixture, 'utf8')) as {
  cases: StoredCase[];
  optimisers: StoredOptimisers;
};

type Read = (name: string) => tf.Tensor;
type Operation = (
  read: Read,
  parameter: (name: string) => Parameter,
  options: StoredCase['options'],
) => tf.Tensor;

const matrix = (tensor: tf.Tensor): tf.Tensor2D => tensor as tf.Tensor2D;
const vector = (tensor: tf.Tensor): tf.Tensor1D => tensor as tf.Tensor1D;
const cube = (tensor: tf.Tensor): tf.Tensor3D => tensor as tf.Tensor3D;

const operations: Record<string, Operation> = {
  linear: (read, _, { activation }) =>
    fused.linear(read('x'), matrix(read('weight')), vector(read('bias')), activation),
  sparseSoftmaxCrossEntropy: (read) =>
    fused.sparseSoftmaxCrossEntropy(matrix(read('logits')), vector(read('labels'))),
  crossEntropyLinear: (read) =>
    fused.crossEntropyLinear(
      matrix(read('hidden')),
      matrix(read('weight')),
      vector(read('bias')),
      vector(read('labels')),
      vector(read('rowScale')),
    ),
  logSoftmax: (read) => fused.logSoftmax(matrix(read('logits'))),
  maskedCrossEntropy: (read) =>
    fused.sparseSoftmaxCrossEntropy(
      fused.maskedLogits(matrix(read('logits')), matrix(read('allowed'))),
      vector(read('labels')),
    ),
  layerNorm: (read) => fused.layerNorm(read('x'), vector(read('gain')), vector(read('bias'))),
  gruSequence: (read) =>
    fused
      .gruSequence(cube(read('inputs')), {
        inputWeight: matrix(read('inputWeight')),
        inputBias: vector(read('inputBias')),
        hiddenWeight: matrix(read('hiddenWeight')),
        hiddenBias: vector(read('hiddenBias')),
      })
      .at(-1)!,
  causalConvolution1d: (read, _, { dilation }) =>
    fused.causalConvolution1d(
      cube(read('x')),
      matrix(read('weight')),
      vector(read('bias')),
      dilation,
    ),
  windowConvolution: (read) => {
    const weight = matrix(read('weight'));
    const size = weight.shape[0] / read('x').shape[2]!;
    return fused.maxOverTime(
      fused.windowConvolution(cube(read('x')), size, weight, vector(read('bias')), 'relu'),
    );
  },
  maxOverTime: (read) => fused.maxOverTime(cube(read('x'))),
  embed: (read, parameter) => fused.embed(parameter('table'), read('ids')),
};

export function expectClose(
  actual: ArrayLike<number>,
  expected: readonly number[],
  within = 2e-5,
): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1e-3, ...expected.map(Math.abs));
  for (const [index, value] of expected.entries()) {
    expect(Math.abs(actual[index]! - value) / scale).toBeLessThan(within);
  }
}

export interface Evaluation {
  value: ArrayLike<number>;
  gradients: Map<string, ArrayLike<number>>;
}

/** Value and gradients of a stored case with its float inputs as parameters. */
export function evaluate(entry: StoredCase): Evaluation {
  const parameters = new ParameterSet('case');
  tf.engine().startScope();
  try {
    const constants = new Map<string, tf.Tensor>();
    for (const [name, { shape, dtype, data }] of Object.entries(entry.inputs)) {
      if (name in entry.gradients) parameters.create(name, shape, Float32Array.from(data));
      else constants.set(name, tf.tensor(data, shape, dtype));
    }
    const read: Read = (name) => constants.get(name) ?? parameters.get(name).read();
    const operation = operations[entry.name]!;
    const { outputs, gradients } = valueAndGradients(() => {
      const value = operation(read, (name) => parameters.get(name), entry.options);
      const weight = tf.tensor(entry.weight.data, entry.weight.shape);
      return { loss: tf.sum(tf.mul(value, weight)) as tf.Scalar, value };
    }, parameters.list());
    const slopes = new Map<string, ArrayLike<number>>();
    for (const name of Object.keys(entry.gradients)) {
      slopes.set(name, gradients.get(parameters.get(name))!.dataSync());
    }
    return { value: outputs.value.dataSync(), gradients: slopes };
  } finally {
    parameters.dispose();
    tf.engine().endScope();
  }
}

type Make = (parameters: readonly Parameter[]) => Optimiser;

/** The optimisers whose paths are stored. */
export const makers: Record<string, Make> = {
  adam: (all) => new Adam('o', all, { learningRate: 1 }),
  adamLargeEpsilon: (all) =>
    new Adam('o', all, { learningRate: 1, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }),
  adamw: (all) => new Adam('o', all, { learningRate: 1, weightDecay: 0.1 }),
  sgd: (all) => new Sgd('o', all, { learningRate: 1 }),
  adamClipped: (all) => new Adam('o', all, { learningRate: 1 }),
};

/** Follows the stored gradients and compares every step with PyTorch's parameters. */
export function followPath(name: string): void {
  const { start, slopes, rates, paths } = stored.optimisers;
  const set = new ParameterSet('path');
  const parameter = set.create('p', start.shape, Float32Array.from(start.data));
  const optimiser = makers[name]!(set.list());
  slopes.forEach((slope, step) => {
    optimiser.learningRate = rates[step]!;
    tf.tidy(() => {
      const gradients = new Map([[parameter, tf.tensor(slope.data, slope.shape) as tf.Tensor]]);
      optimiser.apply(name === 'adamClipped' ? clipByGlobalNorm(gradients, 1.5) : gradients);
    });
    expectClose(parameter.values(), paths[name]![step]!);
  });
  optimiser.dispose();
  set.dispose();
}
