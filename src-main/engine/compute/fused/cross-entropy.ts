import { dataType } from '../native/binding.ts';
import { attribute, operation } from '../native/operation.ts';
import { isNative } from '../runtime.ts';
import { tf } from '../tf.ts';
import { savedAt, withGradient } from './with-gradient.ts';

/**
 * Softmax cross-entropy in unnormalised form. With e = exp(logits − max) and total = Σ e, a row's loss is
 * log total − (logit[label] − max) and its gradient (e − total at the label) / total. TensorFlow's own
 * kernel for it evaluates the exponentials one at a time; these passes are vectorised and leave the
 * division to whoever can do it on something smaller than [rows, classes].
 */
interface RowLosses {
  /** −log softmax(logits)[label], [rows] */
  losses: tf.Tensor1D;
  /** Gradient of each row's loss times `totals`, [rows, classes] */
  scaledSlopes: tf.Tensor2D;
  /** [rows, 1] */
  totals: tf.Tensor2D;
}

function rowLosses(logits: tf.Tensor2D, labels: tf.Tensor1D): RowLosses {
  const [rows] = logits.shape;
  const places = tf.stack([tf.range(0, rows, 1, 'int32'), labels], 1) as tf.Tensor2D;
  const shifted = tf.sub(logits, tf.max(logits, 1, true)) as tf.Tensor2D;
  const exponentials = tf.exp(shifted);
  const totals = tf.sum(exponentials, 1, true) as tf.Tensor2D;
  const logTotals = tf.reshape(tf.log(totals), [rows]);
  const losses = tf.sub(logTotals, tf.gatherND(shifted, places)) as tf.Tensor1D;
  const scaledSlopes = subtractAt(exponentials, places, labels, totals);
  return { losses, scaledSlopes, totals };
}

/** x with `totals` of its row subtracted at each place. */
function subtractAt(
  x: tf.Tensor2D,
  places: tf.Tensor2D,
  labels: tf.Tensor1D,
  totals: tf.Tensor2D,
): tf.Tensor2D {
  const [rows, classes] = x.shape;
  if (!isNative()) return tf.sub(x, tf.mul(tf.oneHot(labels, classes), totals));
  const attributes = [attribute.float32, attribute.type('Tindices', dataType.int32)];
  const updates = tf.reshape(totals, [rows]);
  return operation('TensorScatterSub', attributes, [x, places, updates]) as tf.Tensor2D;
}

/**
 * Cross-entropy of each row: −log softmax(logits)[label].
 * logits [rows, classes], labels int32 [rows] in range → [rows].
 */
export function sparseSoftmaxCrossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor1D {
  return withGradient(
    [logits],
    () => {
      const { losses, scaledSlopes, totals } = rowLosses(logits, labels);
      return { value: losses, saved: [scaledSlopes, totals] };
    },
    (slope, saved) => {
      const scale = tf.div(tf.reshape(slope, [-1, 1]), savedAt(saved, 1));
      return [tf.mul(savedAt(saved, 0), scale)];
    },
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
      const { losses, scaledSlopes, totals } = rowLosses(logits, labels);
      const value = tf.sum(tf.mul(losses, rowScale)) as tf.Scalar;
      return { value, saved: [hidden, weight, rowScale, losses, scaledSlopes, totals] };
    },
    (slope, saved) => {
      const inner = savedAt<tf.Rank.R2>(saved, 0);
      const scaledSlopes = savedAt<tf.Rank.R2>(saved, 4);
      const rowSlopes = tf.reshape(tf.mul(savedAt(saved, 2), slope), [-1, 1]);
      const scale = tf.div(rowSlopes, savedAt(saved, 5)) as tf.Tensor2D;
      const toHidden = tf.matMul(scaledSlopes, savedAt<tf.Rank.R2>(saved, 1), false, true);
      return [
        tf.mul(toHidden, scale),
        tf.matMul(tf.mul(inner, scale) as tf.Tensor2D, scaledSlopes, true, false),
        tf.reshape(tf.matMul(scale, scaledSlopes, true, false), [scaledSlopes.shape[1]]),
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
