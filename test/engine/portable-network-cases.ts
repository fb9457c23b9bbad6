import { tf } from '#engine/compute/tf.ts';
import { as2D, as3D, as4D, ids, int, type OperationCase } from './portable-operands.ts';

function convolutions(): OperationCase[] {
  const conv2d =
    (
      strides: [number, number],
      pad:
        'same' | 'valid' | [[number, number], [number, number], [number, number], [number, number]],
    ) =>
    (x?: tf.Tensor, w?: tf.Tensor) =>
      tf.conv2d(as4D(x), as4D(w), strides, pad);
  const shapes = [
    [2, 5, 6, 3],
    [2, 3, 3, 4],
  ];
  return [
    { name: 'conv2d valid', shapes, run: conv2d([1, 1], 'valid') },
    { name: 'conv2d same', shapes, run: conv2d([1, 1], 'same') },
    { name: 'conv2d strides', shapes, run: conv2d([2, 1], 'same') },
    {
      name: 'conv2d explicit padding',
      shapes,
      run: conv2d(
        [1, 1],
        [
          [0, 0],
          [1, 0],
          [0, 2],
          [0, 0],
        ],
      ),
      native: false,
    },
    {
      name: 'conv1d',
      shapes: [
        [2, 7, 3],
        [3, 3, 4],
      ],
      run: (x, w) => tf.conv1d(as3D(x), as3D(w), 1, 'same'),
    },
    {
      name: 'maximum over time',
      shapes: [[2, 5, 3]],
      run: (x) => tf.max(tf.relu(x as tf.Tensor), 1),
    },
    {
      name: 'avgPool',
      shapes: [[2, 4, 4, 2]],
      run: (x) => tf.avgPool(as4D(x), 2, 2, 'valid'),
    },
    {
      name: 'maxPool',
      shapes: [[2, 4, 4, 2]],
      run: (x) => tf.maxPool(as4D(x), 2, 2, 'valid'),
    },
    {
      name: 'overlapping maxPool',
      shapes: [[2, 5, 4, 2]],
      run: (x) => tf.maxPool(as4D(x), [3, 2], 1, 'same'),
    },
  ];
}

function networks(): OperationCase[] {
  return [
    {
      name: 'layer normalisation',
      shapes: [[3, 4, 8], [8], [8]],
      run: (x, gain, bias) => {
        const centred = tf.sub(as3D(x), tf.mean(as3D(x), -1, true));
        const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-5));
        return tf.add(tf.mul(tf.mul(centred, scale), gain as tf.Tensor), bias as tf.Tensor);
      },
    },
    {
      name: 'gated recurrent cell',
      shapes: [[4, 3], [4, 5], [3, 15], [5, 15], [15]],
      run: (x, hidden, wx, wh, bias) => {
        const fromInput = tf.split(tf.add(tf.matMul(as2D(x), as2D(wx)), bias as tf.Tensor), 3, 1);
        const fromHidden = tf.split(tf.matMul(as2D(hidden), as2D(wh)), 3, 1);
        const [reset, update] = [0, 1].map((gate) =>
          tf.sigmoid(tf.add(fromInput[gate] as tf.Tensor, fromHidden[gate] as tf.Tensor)),
        ) as [tf.Tensor, tf.Tensor];
        const inner = tf.mul(reset, fromHidden[2] as tf.Tensor);
        const candidate = tf.tanh(tf.add(fromInput[2] as tf.Tensor, inner));
        return tf.add(candidate, tf.mul(update, tf.sub(as2D(hidden), candidate)));
      },
    },
    {
      name: 'causal attention',
      shapes: [
        [2, 4, 6],
        [2, 4, 6],
        [2, 4, 6],
      ],
      run: (query, key, value) => {
        const mask = tf.tensor2d(
          [0, -1e9, -1e9, -1e9, 0, 0, -1e9, -1e9, 0, 0, 0, -1e9, 0, 0, 0, 0],
          [4, 4],
        );
        const scores = tf.mul(tf.matMul(as3D(query), as3D(key), false, true), 1 / Math.sqrt(6));
        return tf.matMul(tf.softmax(tf.add(scores, mask)), as3D(value));
      },
    },
    {
      name: 'mean cross entropy of a network',
      shapes: [
        [6, 4],
        [4, 8],
        [8, 5],
      ],
      run: (x, w1, w2) => {
        const logits = tf.matMul(tf.relu(tf.matMul(as2D(x), as2D(w1))), as2D(w2));
        const chosen = tf.sum(tf.mul(tf.logSoftmax(logits), tf.oneHot(int(ids), 5)), 1);
        return tf.neg(tf.mean(chosen));
      },
    },
  ];
}

export const networkCases: readonly OperationCase[] = [...convolutions(), ...networks()];
