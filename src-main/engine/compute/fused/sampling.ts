import { attribute, operation } from '../native/operation.ts';
import { isNative } from '../runtime.ts';
import { tf } from '../tf.ts';
import { savedAt, withGradient } from './with-gradient.ts';

/**
 * What masked logits become: small enough for a probability of exactly 0, finite so that nothing becomes
 * NaN, and equal for all, so that a row in which everything is masked is uniform.
 */
const maskedLogit = -1e30;

/** A uniform closer to 1 than this could round up to the whole mass. */
const uniformMargin = 1 - 2 ** -20;

/** x where `masked` is false, `value` where it is true; the gradient is 0 there. */
function fillWhere(x: tf.Tensor2D, masked: tf.Tensor2D, value: number): tf.Tensor2D {
  const pick = (where: tf.Tensor, other: tf.Tensor2D, fill: number): tf.Tensor2D =>
    (isNative()
      ? operation('SelectV2', [attribute.float32], [where, tf.scalar(fill), other])
      : tf.where(where, tf.fill(other.shape, fill), other)) as tf.Tensor2D;
  return withGradient<tf.Tensor2D>(
    [x],
    () => ({ value: pick(masked, x, value), saved: [masked] }),
    (slope, saved) => [pick(savedAt(saved, 0), slope, 0)],
  );
}

/**
 * Logits that give what is not allowed the probability 0. If nothing in a row is allowed, all its logits
 * become equal. logits [rows, actions], allowed [rows, actions], non-zero or true where allowed.
 */
export function maskedLogits(logits: tf.Tensor2D, allowed: tf.Tensor2D): tf.Tensor2D {
  const masked =
    allowed.dtype === 'bool'
      ? tf.logicalNot(allowed)
      : tf.equal(allowed, tf.scalar(0, allowed.dtype));
  return fillWhere(logits, masked as tf.Tensor2D, maskedLogit);
}

/**
 * As `maskedLogits`, from lists: the actions that are listed are not allowed.
 * logits [rows, actions], listed int32 [rows, length], filled up with the number of actions.
 */
export function maskShown(logits: tf.Tensor2D, listed: tf.Tensor2D): tf.Tensor2D {
  const [rows, actions] = logits.shape;
  const [, length] = listed.shape;
  // One more column takes the filling.
  const columns = actions + 1;
  const rowStarts = tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(columns, 'int32'));
  const places = tf.add(listed, tf.reshape(rowStarts, [rows, 1]));
  const marks = tf.unsortedSegmentSum(
    tf.ones([rows * length]),
    tf.reshape(places, [rows * length]) as tf.Tensor1D,
    rows * columns,
  );
  const counts = tf.slice(tf.reshape(marks, [rows, columns]), [0, 0], [rows, actions]);
  return fillWhere(logits, tf.greater(counts, 0) as tf.Tensor2D, maskedLogit);
}

/**
 * Draws an action a row from softmax(logits) by inverting its distribution function at `uniforms`; the
 * same uniforms give the same actions. An action masked by `maskedLogits` is never
 * drawn; where everything is masked the draw is uniform over all actions. Logits must be finite.
 * The function is inverted in two stages, block and place in the block, because cumulating all actions costs
 * more than everything else that acting does.
 * logits [rows, actions], uniforms [rows] in [0, 1) → int32 [rows].
 */
export function sampleCategorical(logits: tf.Tensor2D, uniforms: tf.Tensor1D): tf.Tensor1D {
  const [rows, actions] = logits.shape;
  const width = Math.ceil(Math.sqrt(actions));
  // oneHot wants two places at least.
  const blocks = Math.max(2, Math.ceil(actions / width));
  const masses = tf.pad(tf.softmax(logits), [
    [0, 0],
    [0, blocks * width - actions],
  ]);
  const byBlock = tf.reshape(masses, [rows, blocks, width]);
  // A product with ones sums the blocks faster than a reduction does.
  const blockSums = tf.matMul(tf.reshape(masses, [rows * blocks, width]), tf.ones([width, 1]));
  const blockMasses = tf.reshape(blockSums, [rows, blocks]) as tf.Tensor2D;
  const shares = tf.reshape(tf.mul(uniforms, uniformMargin), [rows, 1]);
  const block = invert(blockMasses, (total) => tf.mul(total, shares));
  // Likewise a product with the chosen block's unit vector is faster than gathering it.
  const unit = tf.reshape(tf.cast(tf.oneHot(block.place, blocks), 'float32'), [rows, 1, blocks]);
  const chosen = tf.reshape(tf.matMul(unit, byBlock), [rows, width]) as tf.Tensor2D;
  const massBefore = tf.sum(tf.mul(blockMasses, block.passed), 1, true);
  const rest = tf.sub(block.level, massBefore);
  // Rounding may leave the rest of the level outside of the block's mass.
  const { place } = invert(chosen, (total) =>
    tf.maximum(0, tf.minimum(rest, tf.mul(total, uniformMargin))),
  );
  return tf.add(tf.mul(block.place, tf.scalar(width, 'int32')), place) as tf.Tensor1D;
}

/**
 * In each row the first place at which the cumulated masses exceed a level; its own mass is therefore
 * positive. The level is made from the row's total and must be from 0 to less than that.
 * masses [rows, places] → place int32 [rows], passed [rows, places] (1 before the place, else 0), level
 * [rows, 1].
 */
function invert(
  masses: tf.Tensor2D,
  levelOf: (total: tf.Tensor) => tf.Tensor,
): { place: tf.Tensor1D; passed: tf.Tensor; level: tf.Tensor } {
  const [rows, places] = masses.shape;
  const cumulated = tf.cumsum(masses, 1);
  const level = levelOf(tf.slice(cumulated, [0, places - 1], [rows, 1]));
  const passed = tf.cast(tf.lessEqual(cumulated, level), 'float32');
  const place = tf.cast(tf.sum(passed, 1), 'int32') as tf.Tensor1D;
  return { place, passed, level };
}

/** The action of the largest logit in each row, the first one among equals. [rows, actions] → int32 [rows]. */
export function greedy(logits: tf.Tensor2D): tf.Tensor1D {
  return tf.argMax(logits, 1) as tf.Tensor1D;
}
