import { tf } from '#engine/compute/tf.ts';
import { as2D, as3D, ids, int, type OperationCase } from './portable-operands.ts';

/** Functions without a gradient: indices, counts, comparisons. */
export const forwardCases: readonly OperationCase[] = [
  { name: 'topk values', shapes: [[4, 9]], run: (x) => tf.topk(as2D(x), 3).values },
  { name: 'topk indices', shapes: [[4, 9]], run: (x) => tf.topk(as2D(x), 3).indices },
  { name: 'argMax', shapes: [[4, 9]], run: (x) => tf.argMax(as2D(x), 1) },
  { name: 'argMin', shapes: [[4, 9]], run: (x) => tf.argMin(as2D(x), 0) },
  { name: 'oneHot', shapes: [], run: () => tf.oneHot(int(ids), 5) },
  { name: 'greater', shapes: [[3, 4], [4]], run: (a, b) => tf.greater(as2D(a), b as tf.Tensor) },
  {
    name: 'lessEqual',
    shapes: [
      [3, 4],
      [3, 1],
    ],
    run: (a, b) => tf.lessEqual(as2D(a), as2D(b)),
  },
  { name: 'equal', shapes: [], run: () => tf.equal(int(ids), int([3, 1, 3, 1, 0, 0])) },
  { name: 'notEqual', shapes: [], run: () => tf.notEqual(int(ids), 3) },
  { name: 'any', shapes: [[3, 4]], run: (x) => tf.any(tf.greater(as2D(x), 1), 1) },
  { name: 'all', shapes: [[3, 4]], run: (x) => tf.all(tf.greater(as2D(x), -1), 1) },
  {
    name: 'logical operations',
    shapes: [[3, 4]],
    run: (x) => {
      const [low, high] = [tf.less(as2D(x), -0.5), tf.greater(as2D(x), 0.5)];
      return tf.logicalAnd(tf.logicalNot(low), tf.logicalOr(low, high));
    },
  },
  { name: 'integer sum', shapes: [], run: () => tf.sum(tf.tensor2d(ids, [2, 3], 'int32'), 1) },
  { name: 'integer maximum', shapes: [], run: () => tf.max(tf.tensor2d(ids, [2, 3], 'int32'), 1) },
  { name: 'integer product', shapes: [], run: () => tf.mul(int(ids), int([2, 3, 4, 5, 6, 7])) },
  { name: 'integer remainder', shapes: [], run: () => tf.mod(int(ids), 3) },
  { name: 'float to integer', shapes: [[3, 4]], run: (x) => tf.cast(tf.mul(as2D(x), 5), 'int32') },
  { name: 'integer to float', shapes: [], run: () => tf.cast(int(ids), 'float32') },
  {
    name: 'bool to float',
    shapes: [[3, 4]],
    run: (x) => tf.cast(tf.greater(as2D(x), 0), 'float32'),
  },
  {
    name: 'stridedSlice',
    shapes: [[5, 6]],
    run: (x) => tf.stridedSlice(as2D(x), [0, 1], [5, 6], [2, 2]),
  },
  { name: 'gather of integers', shapes: [], run: () => tf.gather(int([9, 8, 7, 6, 5]), int(ids)) },
  {
    name: 'gatherND',
    shapes: [[3, 4]],
    run: (x) => tf.gatherND(as2D(x), tf.tensor2d([0, 1, 2, 3], [2, 2], 'int32')),
  },
  {
    name: 'integer segment sum',
    shapes: [],
    run: () => tf.unsortedSegmentSum(int(ids), int([0, 0, 1, 1, 1, 2]), 4),
  },
  { name: 'floor', shapes: [[3, 4]], run: (x) => tf.floor(as2D(x)) },
  {
    name: 'zerosLike and onesLike',
    shapes: [[3, 4]],
    run: (x) => tf.add(tf.zerosLike(as2D(x)), tf.onesLike(as2D(x))),
  },
  { name: 'range', shapes: [], run: () => tf.range(0, 12, 3, 'int32') },
];

/**
 * A dilated convolution and the same thing out of shifted copies, for gradients that no other backend of
 * tfjs computes. x [batch, length, in], w [taps, in, out], causal.
 */
export function dilatedCausal(dilation: number): { direct: Pair; composed: Pair } {
  return {
    direct: (x, w) => {
      const reach = ((w.shape[0] as number) - 1) * dilation;
      const padded = tf.pad(as3D(x), [
        [0, 0],
        [reach, 0],
        [0, 0],
      ]);
      return tf.conv1d(padded, as3D(w), 1, 'valid', 'NWC', dilation);
    },
    composed: (x, w) => {
      const [batch, length, channels] = x.shape as [number, number, number];
      const taps = w.shape[0] as number;
      const padded = tf.pad(as3D(x), [
        [0, 0],
        [(taps - 1) * dilation, 0],
        [0, 0],
      ]);
      const shifted = Array.from({ length: taps }, (_, tap) =>
        tf.slice(padded, [0, tap * dilation, 0], [batch, length, channels]),
      );
      const rows = tf.reshape(tf.concat(shifted, 2), [batch * length, taps * channels]);
      const product = tf.matMul(rows, tf.reshape(w, [taps * channels, w.shape[2] as number]));
      return tf.reshape(product, [batch, length, w.shape[2] as number]);
    },
  };
}

type Pair = (x: tf.Tensor, w: tf.Tensor) => tf.Tensor;
