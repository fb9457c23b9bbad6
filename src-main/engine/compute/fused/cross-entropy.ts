import { dataType } from '../native/binding.ts';
import { attribute, operation, operations } from '../native/operation.ts';
import { isNative } from '../runtime.ts';
import { tf } from '../tf.ts';
import { savedAt, withGradient } from './with-gradient.ts';

interface RowLosses {
  /** −log softmax(logits)[label], [rows] */
  losses: tf.Tensor1D;
  /** Gradient of each row's loss with respect to its logits, [rows, classes] */
  slopes: tf.Tensor2D;
}

function rowLosses(logits: tf.Tensor2D, labels: tf.Tensor1D): RowLosses {
  return isNative() ? nativeRowLosses(logits, labels) : portableRowLosses(logits, labels);
}

function nativeRowLosses(logits: tf.Tensor2D, labels: tf.Tensor1D): RowLosses {
  const [losses, slopes] = operations(
    'SparseSoftmaxCrossEntropyWithLogits',
    [attribute.float32, attribute.type('Tlabels', dataType.int32)],
    [logits, labels],
    2,
  );
  return { losses: losses as tf.Tensor1D, slopes: slopes as tf.Tensor2D };
}

function portableRowLosses(logits: tf.Tensor2D, labels: tf.Tensor1D): RowLosses {
  const [rows, classes] = logits.shape;
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  const exponentials = tf.exp(shifted);
  const totals = tf.sum(exponentials, 1, true);
  const chosen = tf.oneHot(labels, classes);
  const labelled = tf.sum(tf.mul(shifted, chosen), 1);
  const losses = tf.sub(tf.reshape(tf.log(totals), [rows]), labelled) as tf.Tensor1D;
  const slopes = tf.sub(tf.div(exponentials, totals), chosen) as tf.Tensor2D;
  return { losses, slopes };
}

/**
 * Cross-entropy of each row: −log softmax(logits)[label].
 * logits [rows, classes], labels int32 [rows] in range → [rows].
 */
export function sparseSoftmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  return withGradient(
    [logits],
    () => {
      const { losses, slopes } = rowLosses(logits, labels);
      return { value: losses, saved: [slopes] };
    },
    (slope, saved) => [tf.mul(savedAt<tf.Rank.R2>(saved, 0), tf.reshape(slope, [-1, 1]))],
  );
}

/**
 * Σ_i rowScale_i · crossEntropy(hidden_i W + b, label_i): a head over many classes with its loss. The
 * [rows, classes] gradient is never scaled; the row scales go into the hidden vectors instead.
 * hidden [rows, width], weight [width, classes], bias [classes], labels int32 [rows], rowScale [rows].
 */
export function crossEntropyLinear(
  hidden: tf.Tensor2D,
  weight: tf.Tensor2D,
  bias: tf.Tensor1D,
  labels: tf.Tensor1D,
  rowScale: tf.Tensor1D,
): tf.Scalar {
  return withGradient<tf.Scalar>(
    [hidden, weight, bias, rowScale],
    () => {
      const logits = tf.add(tf.matMul(hidden, weight), bias) as tf.Tensor2D;
      const { losses, slopes } = rowLosses(logits, labels);
      const value = tf.sum(tf.mul(losses, rowScale)) as tf.Scalar;
      return { value, saved: [hidden, weight, rowScale, losses, slopes] };
    },
    (slope, saved) => {
      const inner = savedAt<tf.Rank.R2>(saved, 0);
      const weights = savedAt<tf.Rank.R2>(saved, 1);
      const slopes = savedAt<tf.Rank.R2>(saved, 4);
      const scale = tf.reshape(tf.mul(savedAt(saved, 2), slope), [-1, 1]) as tf.Tensor2D;
      return [
        tf.mul(tf.matMul(slopes, weights, false, true), scale),
        tf.matMul(tf.mul(inner, scale) as tf.Tensor2D, slopes, true, false),
        tf.reshape(tf.matMul(scale, slopes, true, false), [slopes.shape[1]]),
        tf.mul(savedAt(saved, 3), slope),
      ];
    },
  );
}

/** log softmax over the last axis; logits [rows, classes] → [rows, classes]. */
export function logSoftmax(logits: tf.Tensor2D): tf.Tensor2D {
  if (!isNative()) return tf.logSoftmax(logits);
  return withGradient(
    [logits],
    () => {
      const value = operation('LogSoftmax', [attribute.float32], [logits]) as tf.Tensor2D;
      return { value, saved: [value] };
    },
    (slope, saved) => {
      const total = tf.sum(slope, 1, true);
      return [tf.sub(slope, tf.mul(tf.exp(savedAt(saved, 0)), total))];
    },
  );
}
