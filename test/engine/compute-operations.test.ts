import { beforeAll, describe, expect, it } from 'vitest';
import { compileStep, withEager, type Feed } from '#engine/compute/compile-step.ts';
import { valueAndGradients } from '#engine/compute/gradients.ts';
import { ParameterSet } from '#engine/compute/parameters.ts';
import { tf } from '#engine/compute/tf.ts';
import { nativeObstacle, nativeSuite, openNative } from './compute-device.ts';

type Operation = (x: tf.Tensor2D, ids: tf.Tensor1D) => tf.Tensor;

/** Operations of tfjs that models use, on a [4, 6] matrix and four ids below 4. */
const operations: Record<string, Operation> = {
  abs: (x) => tf.abs(x),
  'add, sub, mul, div': (x) => x.add(1).sub(x.mul(2)).div(x.square().add(1)),
  addN: (x) => tf.addN([x, x, x]),
  argMax: (x) => tf.argMax(x, 1),
  'batched matMul': (x) =>
    tf.matMul(tf.reshape(x, [2, 2, 6]), tf.reshape(x, [2, 2, 6]), false, true),
  'broadcast column': (x) => tf.mul(x, tf.sum(x, 1, true)),
  'broadcast row': (x) => tf.add(x, tf.sum(x, 0)),
  broadcastTo: (x) => tf.broadcastTo(tf.reshape(x, [4, 1, 6]), [4, 3, 6]),
  cast: (x) => tf.cast(tf.cast(x, 'int32'), 'float32'),
  clipByValue: (x) => tf.clipByValue(x, -0.5, 0.5),
  comparisons: (x) => tf.logicalAnd(tf.greater(x, 0), tf.lessEqual(x, 0.5)),
  concat: (x) => tf.concat([x, x.neg()], 1),
  conv1d: (x) =>
    tf.conv1d(
      tf.reshape(x, [2, 6, 2]) as tf.Tensor3D,
      tf.ones([3, 2, 4]) as tf.Tensor3D,
      1,
      'same',
    ),
  'cosh, sin': (x) => tf.sin(tf.cosh(x)),
  cumsum: (x) => tf.cumsum(x, 1),
  'dot, norm': (x) => tf.norm(x),
  einsum: (x) => tf.einsum('bi,bj->ij', x, x),
  'elu, selu, leakyRelu': (x) => tf.elu(x).add(tf.selu(x)).add(tf.leakyRelu(x)),
  'erf, gelu': (x) => tf.mul(x, tf.erf(x)),
  'exp, log, log1p, expm1': (x) =>
    tf
      .log(tf.exp(x))
      .add(tf.log1p(tf.abs(x)))
      .add(tf.expm1(x)),
  'expandDims, squeeze': (x) => tf.squeeze(tf.expandDims(x, 1), [1]),
  'fill, ones, zeros': (x) =>
    x
      .add(tf.fill([4, 6], 2))
      .add(tf.ones([4, 6]))
      .add(tf.zeros([4, 6])),
  gather: (x, ids) => tf.gather(x, ids),
  'gather columns': (x, ids) => tf.gather(x, ids, 1),
  gatherND: (x, ids) => tf.gatherND(x, tf.stack([ids, ids], 1)),
  'huber loss': (x) => tf.losses.huberLoss(tf.zeros([4, 6]), x) as tf.Tensor,
  logSoftmax: (x) => tf.logSoftmax(x),
  logSumExp: (x) => tf.logSumExp(x, 1),
  'max, min, mean': (x) => tf.max(x, 1).add(tf.min(x, 1)).add(tf.mean(x, 1)),
  'maximum, minimum': (x) => tf.maximum(x, x.neg()).add(tf.minimum(x, 0.1)),
  'mean of all': (x) => tf.mean(x),
  moments: (x) => tf.moments(x, 1).variance,
  oneHot: (x, ids) => tf.add(x, tf.oneHot(ids, 6)),
  pad: (x) =>
    tf.pad(x, [
      [1, 0],
      [0, 2],
    ]),
  'pow, sqrt, rsqrt': (x) => tf.pow(tf.sqrt(tf.abs(x)), 3).add(tf.rsqrt(tf.square(x).add(1))),
  prod: (x) => tf.prod(x, 1),
  'range, linspace': (x) => tf.add(x, tf.range(0, 6)).add(tf.linspace(0, 1, 6)),
  'relu, relu6, step': (x) => tf.relu(x).add(tf.relu6(x)).add(tf.step(x)),
  reverse: (x) => tf.reverse(x, 1),
  'round, floor, ceil, sign': (x) => tf.round(x).add(tf.floor(x)).add(tf.ceil(x)).add(tf.sign(x)),
  'sigmoid, tanh, softplus': (x) => tf.sigmoid(x).add(tf.tanh(x)).add(tf.softplus(x)),
  'sigmoid cross-entropy': (x) => tf.losses.sigmoidCrossEntropy(tf.ones([4, 6]), x) as tf.Tensor,
  slice: (x) => tf.slice(x, [1, 2], [2, 3]),
  softmax: (x) => tf.softmax(x),
  split: (x) => tf.split(x, 3, 1)[1]!,
  squaredDifference: (x) => tf.squaredDifference(x, 0.3),
  'stack, unstack': (x) => tf.stack(tf.unstack(x, 1).slice(0, 3), 1),
  stridedSlice: (x) => tf.stridedSlice(x, [0, 0], [4, 6], [2, 3]),
  'sum over several axes': (x) => tf.sum(tf.reshape(x, [2, 2, 6]), [0, 2]),
  tile: (x) => tf.tile(x, [2, 1]),
  topk: (x) => tf.topk(x, 2).values,
  transpose: (x) => tf.transpose(x),
  'transpose of three': (x) => tf.transpose(tf.reshape(x, [2, 2, 6]), [2, 0, 1]),
  unsortedSegmentSum: (x, ids) => tf.unsortedSegmentSum(x, ids, 5),
  where: (x) => tf.where(tf.greater(x, 0), x, tf.mul(x, 0.1)),
};

/** Not differentiable, or of no use to differentiate. */
const withoutGradient = new Set([
  'argMax',
  'cast',
  'comparisons',
  'einsum',
  'topk',
  'stridedSlice',
  'prod',
]);

// Far enough from every kink of these operations for the differences below to stay on one side.
const data = Float32Array.from({ length: 24 }, (_, at) => (((at * 7) % 24) - 11.5) / 8);
const feeds: Record<string, Feed> = {
  x: { data, shape: [4, 6] },
  ids: { data: Int32Array.of(2, 0, 3, 2), shape: [4] },
};

describe.skipIf(nativeObstacle !== null)(nativeSuite('recorded operations of tfjs'), () => {
  beforeAll(async () => {
    await openNative();
  });

  it.each(Object.keys(operations))('%s', (name) => {
    const parameters = new ParameterSet('operations');
    const weight = parameters.create('weight', [4, 6], new Float32Array(24).fill(1));
    const step = compileStep(name, ({ x, ids }) => {
      const value = operations[name]!(x as tf.Tensor2D, ids as tf.Tensor1D);
      if (withoutGradient.has(name)) return { value };
      const { gradients } = valueAndGradients(() => {
        const result = operations[name]!(
          tf.mul(weight.read(), x!) as tf.Tensor2D,
          ids as tf.Tensor1D,
        );
        return { loss: tf.sum(tf.mul(result, result)) as tf.Scalar };
      }, [weight]);
      return { value, slope: gradients.get(weight)! };
    });
    const recorded = step.run(feeds);
    expect(step.refusal).toBeNull();
    const eager = withEager(() => step.run(feeds));
    expect(Object.keys(recorded)).toEqual(Object.keys(eager));
    for (const [output, values] of Object.entries(recorded)) {
      expect(values.length).toBe(eager[output]!.length);
      for (let at = 0; at < values.length; at++) {
        const expected = eager[output]![at]!;
        expect(Math.abs(values[at]! - expected)).toBeLessThanOrEqual(
          1e-6 + 1e-5 * Math.abs(expected),
        );
      }
    }
    step.dispose();
    parameters.dispose();
  });

  const smooth = Object.keys(operations).filter((name) => !withoutGradient.has(name));
  it.each(smooth)('%s: slopes as by differences', (name) => {
    const parameters = new ParameterSet('differences');
    const weight = parameters.create('weight', [4, 6], new Float32Array(24).fill(1));
    const loss = ({ x, ids }: Record<string, tf.Tensor>): tf.Scalar => {
      const result = operations[name]!(
        tf.mul(weight.read(), x!) as tf.Tensor2D,
        ids as tf.Tensor1D,
      );
      return tf.sum(tf.mul(result, result)) as tf.Scalar;
    };
    const value = compileStep(`${name}/value`, (all) => ({ loss: loss(all) }));
    const differentiated = compileStep(`${name}/slope`, (all) => {
      const { gradients } = valueAndGradients(() => ({ loss: loss(all) }), [weight]);
      return { slope: gradients.get(weight)! };
    });
    const { slope } = differentiated.run(feeds);
    const at = (index: number, change: number): number => {
      weight.assign(
        Float32Array.from({ length: 24 }, (_, place) => (place === index ? 1 + change : 1)),
      );
      return value.run(feeds)['loss']![0]!;
    };
    let largest = 0.1;
    for (const element of slope!) largest = Math.max(largest, Math.abs(element));
    const step = 2 ** -8;
    for (let index = 0; index < 24; index++) {
      const difference = (at(index, step) - at(index, -step)) / (2 * step);
      expect(Math.abs(slope![index]! - difference) / largest, `element ${index}`).toBeLessThan(
        5e-3,
      );
    }
    value.dispose();
    differentiated.dispose();
    parameters.dispose();
  });
});
