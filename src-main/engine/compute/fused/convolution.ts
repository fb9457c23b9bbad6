import { tf } from '../tf.ts';
import { linear, type Activation } from './linear.ts';
import { savedAt, withGradient } from './with-gradient.ts';

/**
 * Windows along time, laid out for a product of matrices: out[b, t] is the concatenation of
 * x[b, t], x[b, t + 1], …, x[b, t + size − 1].
 * x [batch, time, channels] → [batch, time − size + 1, size · channels].
 */
export function slidingWindows(x: tf.Tensor3D, size: number): tf.Tensor3D {
  const [batch, time, channels] = x.shape;
  const length = time - size + 1;
  if (length < 1) throw new Error(`a window of ${size} does not fit ${time} steps`);
  const shifted = Array.from({ length: size }, (_, tap) =>
    tf.slice(x, [0, tap, 0], [batch, length, channels]),
  );
  return tf.concat(shifted, 2);
}

/**
 * A dilated convolution that looks back only, with zeros before the start:
 * out[t, b] = Σ_k x[t − (size − 1 − k) · dilation, b] W_k + bias.
 * Time comes first, because then a shift in time is a slice that copies nothing, and what the zeros
 * would contribute is not computed at all.
 * x [time, batch, channels], weight [size · channels, filters] (oldest tap first), bias [filters] or null
 * → [time, batch, filters].
 */
export function causalConvolution1d(
  x: tf.Tensor3D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D | null,
  dilation = 1,
): tf.Tensor3D {
  const taps = tapsOf(x.shape, weight.shape, dilation);
  const product = withGradient<tf.Tensor3D>(
    [x, weight],
    () => ({ value: convolve(x, weight, taps), saved: [x, weight] }),
    (slope, saved) => convolutionSlopes(slope, savedAt(saved, 0), savedAt(saved, 1), taps),
  );
  return bias === null ? product : tf.add(product, bias);
}

/** One tap of a kernel: how far back it looks and its rows in the weight. */
interface Tap {
  readonly shift: number;
  readonly firstRow: number;
}

function tapsOf(
  [time, , channels]: readonly [number, number, number],
  [rows]: readonly [number, number],
  dilation: number,
): Tap[] {
  const size = rows / channels;
  if (!Number.isInteger(size)) throw new Error(`${rows} weights are no multiple of ${channels}`);
  const taps = Array.from({ length: size }, (_, tap) => ({
    shift: (size - 1 - tap) * dilation,
    firstRow: tap * channels,
  }));
  return taps.filter(({ shift }) => shift < time).reverse();
}

/** Steps `first` … `first + length − 1` as the rows of a matrix. */
function steps(x: tf.Tensor3D, first: number, length: number): tf.Tensor2D {
  const [, batch, channels] = x.shape;
  const part = tf.slice(x, [first, 0, 0], [length, batch, channels]);
  return tf.reshape(part, [length * batch, channels]);
}

function convolve(x: tf.Tensor3D, weight: tf.Tensor2D, taps: readonly Tap[]): tf.Tensor3D {
  const [time, batch, channels] = x.shape;
  const [, filters] = weight.shape;
  let sum: tf.Tensor2D | null = null;
  for (const { shift, firstRow } of taps) {
    const tapWeight = tf.slice(weight, [firstRow, 0], [channels, filters]);
    const part = tf.matMul<tf.Tensor2D>(steps(x, 0, time - shift), tapWeight);
    sum = sum === null ? part : tf.add<tf.Tensor2D>(sum, padRows(part, shift * batch, 0));
  }
  if (sum === null) throw new Error('a convolution needs at least one tap');
  return tf.reshape(sum, [time, batch, filters]);
}

function convolutionSlopes(
  slope: tf.Tensor3D,
  x: tf.Tensor3D,
  weight: tf.Tensor2D,
  taps: readonly Tap[],
): tf.Tensor[] {
  const [time, batch, channels] = x.shape;
  const [rows, filters] = weight.shape;
  let toInput: tf.Tensor2D | null = null;
  const toTaps: tf.Tensor2D[] = [];
  for (const { shift, firstRow } of taps) {
    const reached = steps(slope, shift, time - shift);
    const tapWeight = tf.slice(weight, [firstRow, 0], [channels, filters]);
    const part = tf.matMul<tf.Tensor2D>(reached, tapWeight, false, true);
    const padded = padRows(part, 0, shift * batch);
    toInput = toInput === null ? part : tf.add<tf.Tensor2D>(toInput, padded);
    toTaps.unshift(tf.matMul<tf.Tensor2D>(steps(x, 0, time - shift), reached, true, false));
  }
  if (toInput === null) throw new Error('a convolution needs at least one tap');
  const toWeight = tf.concat(toTaps, 0);
  // Taps that look back beyond the start contribute nothing.
  return [tf.reshape(toInput, x.shape), padRows(toWeight, rows - toWeight.shape[0], 0)];
}

function padRows(x: tf.Tensor2D, before: number, after: number): tf.Tensor2D {
  if (before === 0 && after === 0) return x;
  return tf.pad(x, [
    [before, after],
    [0, 0],
  ]);
}

/**
 * A convolution over windows of `size` steps and all channels, valid positions only (as in Caser).
 * x [batch, time, channels], weight [size · channels, filters] → [batch, time − size + 1, filters].
 */
export function windowConvolution(
  x: tf.Tensor3D,
  size: number,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  activation: Activation = 'none',
): tf.Tensor3D {
  return linear(slidingWindows(x, size), weight, bias, activation);
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
