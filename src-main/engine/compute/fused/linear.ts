import { tf } from '../tf.ts';

export type Activation = 'none' | 'relu' | 'tanh';

/**
 * activation(x W + b) over the last axis of x.
 * x [..., inputs], weight [inputs, outputs], bias [outputs] or null → [..., outputs].
 */
export function linear<Input extends tf.Tensor>(
  x: Input,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  activation: Activation = 'none',
): Input {
  const [inputs, outputs] = weight.shape;
  // One product of matrices is faster than a batch of small ones.
  const rows = x.rank === 2 ? (x as tf.Tensor as tf.Tensor2D) : tf.reshape(x, [-1, inputs]);
  const product = tf.matMul(rows as tf.Tensor2D, weight);
  const sums: tf.Tensor = bias === null ? product : tf.add(product, bias);
  const activated = activate(sums, activation);
  const shaped =
    x.rank === 2 ? activated : tf.reshape(activated, [...x.shape.slice(0, -1), outputs]);
  return shaped as Input;
}

function activate(x: tf.Tensor, activation: Activation): tf.Tensor {
  switch (activation) {
    case 'none':
      return x;
    case 'relu':
      return tf.relu(x);
    case 'tanh':
      return tf.tanh(x);
  }
}
