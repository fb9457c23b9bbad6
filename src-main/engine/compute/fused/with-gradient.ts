import { tf } from '../tf.ts';

/**
 * An operation with a hand-written gradient. `forward` gives the value and the tensors that `backward`
 * needs; `backward` gives one gradient for each input, given the gradient of the value.
 */
export function withGradient<Value extends tf.Tensor>(
  inputs: readonly tf.Tensor[],
  forward: () => { value: Value; saved: tf.Tensor[] },
  backward: (slope: Value, saved: tf.Tensor[]) => tf.Tensor[],
): Value {
  const run = tf.customGrad((...all) => {
    const save = all.at(-1) as tf.GradSaveFunc;
    const { value, saved } = forward();
    save(saved);
    return {
      value,
      gradFunc: (slope: tf.Tensor, kept: tf.Tensor[]) => backward(slope as Value, kept),
    };
  });
  return run(...inputs) as Value;
}

/** The saved tensor at this place, which the forward pass put there. */
export function savedAt<Rank extends tf.Rank = tf.Rank>(
  saved: readonly tf.Tensor[],
  place: number,
): tf.Tensor<Rank> {
  const tensor = saved[place];
  if (tensor === undefined) throw new Error(`nothing was saved at place ${place}`);
  return tensor as tf.Tensor<Rank>;
}
