import { linear } from '#engine/compute/fused.ts';
import { normal, torchLinear, zeros } from '#engine/compute/initialisers.ts';
import { ParameterSet } from '#engine/compute/parameters.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import type { TrainingStep } from './index.ts';
import { adamStep, integers, uniform } from './training.ts';

const batch = 2048;
const fields = 10;
const embeddingSize = 16;
const rows = 20_000;
const layerSizes = [fields * embeddingSize, 128, 128, 1] as const;

/** DeepFM: linear part + pairwise interactions + perceptron, mean squared error, Adam. */
export function makeDeepFm(): TrainingStep {
  const random = new RandomStreams(2).stream('deepfm');
  const set = new ParameterSet('deepfm');
  const table = set.create(
    'embeddings',
    [rows, embeddingSize],
    normal(random, [rows, embeddingSize], 0.01),
  );
  const linearTable = set.create('linear', [rows, 1], zeros([rows, 1]));
  const layers = [0, 1, 2].map((index) => {
    const [inputs, outputs] = [layerSizes[index] ?? 0, layerSizes[index + 1] ?? 0];
    const initial = torchLinear(random, [inputs, outputs]);
    return {
      weight: set.create(`layer-${index}/weight`, [inputs, outputs], initial.weight),
      bias: set.create(`layer-${index}/bias`, [outputs], initial.bias),
    };
  });
  const feeds = {
    codes: integers(random, batch * fields, rows),
    targets: uniform(random, [batch, 1], 1),
  };
  return adamStep('deepfm', set, feeds, ({ codes, targets }) => {
    const embedded = table.gather(codes as tf.Tensor1D);
    const perField = tf.reshape(embedded, [batch, fields, embeddingSize]);
    const firstOrder = tf.sum(
      tf.reshape(linearTable.gather(codes as tf.Tensor1D), [batch, fields]),
      1,
      true,
    );
    const ofSum = tf.square(tf.sum(perField, 1));
    const sumOf = tf.sum(tf.square(perField), 1);
    const secondOrder = tf.mul(tf.sum(tf.sub(ofSum, sumOf), 1, true), 0.5);
    let deep: tf.Tensor2D = tf.reshape(embedded, [batch, fields * embeddingSize]);
    for (const [index, { weight, bias }] of layers.entries()) {
      deep = linear(deep, weight.read(), bias.read(), index < 2 ? 'relu' : 'none');
    }
    const prediction = tf.addN([deep, firstOrder, secondOrder]);
    return tf.mean(tf.squaredDifference(prediction, targets as tf.Tensor2D));
  });
}
