import { tf } from '../tf.ts';
import { savedAt, withGradient } from './with-gradient.ts';

/**
 * Layer normalisation over the last axis: (x − mean) / sqrt(variance + epsilon) · gain + bias, with the
 * variance divided by the width, as in PyTorch. x [..., width], gain [width], bias [width] → as x.
 */
export function layerNorm<Input extends tf.Tensor>(
  x: Input,
  gain: tf.Tensor1D,
  bias: tf.Tensor1D,
  epsilon = 1e-5,
): Input {
  const leading = x.shape.slice(0, -1).map((_, axis) => axis);
  return withGradient<Input>(
    [x, gain, bias],
    () => {
      const centred = tf.sub(x, tf.mean(x, -1, true));
      const variance = tf.mean(tf.square(centred), -1, true);
      const inverseDeviation = tf.rsqrt(tf.add(variance, epsilon));
      const normalised = tf.mul(centred, inverseDeviation);
      const value = tf.add(tf.mul(normalised, gain), bias) as Input;
      return { value, saved: [normalised, inverseDeviation, gain] };
    },
    (slope, saved) => {
      const normalised = savedAt(saved, 0);
      const scaled = tf.mul(slope, savedAt(saved, 2));
      const along = tf.mul(normalised, tf.mean(tf.mul(scaled, normalised), -1, true));
      const across = tf.sub(tf.sub(scaled, tf.mean(scaled, -1, true)), along);
      return [
        tf.mul(across, savedAt(saved, 1)),
        tf.sum(tf.mul(slope, normalised), leading),
        tf.sum(slope, leading),
      ];
    },
  );
}
