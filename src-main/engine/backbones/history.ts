import { tf } from '#engine/compute/tf.ts';

/** A batch of embedded histories, oldest item first, padding at the end. */
export interface EmbeddedHistories {
  /** Item vectors, [batch, time, width]; what stands at padded places does not matter. */
  readonly vectors: tf.Tensor3D;
  /** Valid items of each row, int32 [batch], from 0 to time; null when every row is full. */
  readonly lengths: tf.Tensor1D | null;
}

/** Dropout of the caller's making, because it owns the randomness; identity when none is wanted. */
export type Drop = (x: tf.Tensor) => tf.Tensor;

export const keepAll: Drop = (x) => x;

/** A network that turns a history into a state. */
export interface Backbone {
  readonly stateSize: number;
  /** @returns states, [batch, stateSize] */
  forward(histories: EmbeddedHistories, drop?: Drop): tf.Tensor2D;
}

/** 1 where an item is valid, 0 where padded, [batch, time, 1]; null when nothing is padded. */
export function validity({ vectors, lengths }: EmbeddedHistories): tf.Tensor3D | null {
  if (lengths === null) return null;
  const [batch, time] = vectors.shape;
  const steps = tf.range(0, time, 1, 'int32');
  const valid = tf.less(steps, tf.reshape(lengths, [batch, 1]));
  return tf.reshape(tf.cast(valid, 'float32'), [batch, time, 1]);
}

/** x with zeros at padded places. */
export function masked(x: tf.Tensor3D, valid: tf.Tensor3D | null): tf.Tensor3D {
  return valid === null ? x : tf.mul(x, valid);
}

/**
 * The output at each row's last valid step; at the first step where the history is empty.
 * outputs [batch, time, width] → [batch, width].
 */
export function lastValid(outputs: tf.Tensor3D, lengths: tf.Tensor1D | null): tf.Tensor2D {
  const [batch, time, width] = outputs.shape;
  if (lengths === null) {
    return tf.reshape(tf.slice(outputs, [0, time - 1, 0], [batch, 1, width]), [batch, width]);
  }
  const places = tf.maximum(tf.sub(lengths, tf.scalar(1, 'int32')), tf.scalar(0, 'int32'));
  const chosen = tf.cast(tf.oneHot(places as tf.Tensor1D, time), 'float32');
  return tf.sum(tf.mul(outputs, tf.expandDims(chosen, 2)), 1);
}
