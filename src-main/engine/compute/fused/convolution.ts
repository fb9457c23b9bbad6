import { tf } from '../tf.ts';
import { linear, type Activation } from './linear.ts';
import { savedAt, withGradient } from './with-gradient.ts';

/**
 * Windows along time, laid out for a product of matrices: out[b, t] is the concatenation of
 * x[b, t], x[b, t + dilation], …, x[b, t + (size − 1) · dilation].
 * x [batch, time, channels] → [batch, time − (size − 1) · dilation, size · channels].
 */
export function slidingWindows(x: tf.Tensor3D, size: number, dilation = 1): tf.Tensor3D {
  const [batch, time, channels] = x.shape;
  const length = time - (size - 1) * dilation;
  if (length < 1) throw new Error(`a window of ${size} by ${dilation} does not fit ${time} steps`);
  const shifted = Array.from({ length: size }, (_, tap) =>
    tf.slice(x, [0, tap * dilation, 0], [batch, length, channels]),
  );
  return tf.concat(shifted, 2);
}

/**
 * A dilated convolution that looks back only: out[b, t] depends on x[b, t − k · dilation] for
 * k = size − 1 … 0, with zeros before the start.
 * x [batch, time, channels], weight [size · channels, filters] (oldest tap first), bias [filters]
 * → [batch, time, filters].
 */
export function causalConvolution1d(
  x: tf.Tensor3D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  dilation = 1,
  activation: Activation = 'none',
): tf.Tensor3D {
  const size = weight.shape[0] / x.shape[2];
  const before = (size - 1) * dilation;
  const padded = tf.pad(x, [
    [0, 0],
    [before, 0],
    [0, 0],
  ]);
  return linear(slidingWindows(padded, size, dilation), weight, bias, activation);
}

/**
 * Largest value over time; where several are equal they share the gradient equally.
 * x [batch, time, channels] → [batch, channels].
 */
export function maxOverTime(x: tf.Tensor3D): tf.Tensor2D {
  return withGradient<tf.Tensor2D>(
    [x],
    () => {
      const value = tf.max(x, 1) as tf.Tensor2D;
      return { value, saved: [x, value] };
    },
    (slope, saved) => {
      const largest = tf.expandDims(savedAt(saved, 1), 1);
      const chosen = tf.cast(tf.equal(savedAt(saved, 0), largest), 'float32');
      const shares = tf.div(tf.expandDims(slope, 1), tf.sum(chosen, 1, true));
      return [tf.mul(chosen, shares)];
    },
  );
}
