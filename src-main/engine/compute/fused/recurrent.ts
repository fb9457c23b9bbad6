import { tf } from '../tf.ts';
import { linear } from './linear.ts';
import { savedAt, withGradient } from './with-gradient.ts';

/** Weights of one GRU layer; the three blocks of the last axis are reset, update, candidate. */
interface GruWeights {
  /** [inputs, 3 · width] */
  inputWeight: tf.Tensor2D;
  /** [3 · width] */
  inputBias: tf.Tensor1D;
  /** [width, 3 · width] */
  hiddenWeight: tf.Tensor2D;
  /** [3 · width] */
  hiddenBias: tf.Tensor1D;
}

/**
 * One GRU step in PyTorch's form, from the two projections:
 * r = σ(x_r + h_r), z = σ(x_z + h_z), n = tanh(x_n + r ∘ h_n), h' = n + z ∘ (h − n).
 * fromInput [rows, 3 · width], fromHidden [rows, 3 · width], hidden [rows, width] → [rows, width].
 */
function gruGates(
  fromInput: tf.Tensor2D,
  fromHidden: tf.Tensor2D,
  hidden: tf.Tensor2D,
): tf.Tensor2D {
  const [, width] = hidden.shape;
  return withGradient<tf.Tensor2D>(
    [fromInput, fromHidden, hidden],
    () => {
      const [inputGates, inputCandidate] = splitGates(fromInput, width);
      const [hiddenGates, hiddenCandidate] = splitGates(fromHidden, width);
      const gates = tf.sigmoid(tf.add(inputGates, hiddenGates));
      const [reset, update] = tf.split(gates, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
      const candidate = tf.tanh(tf.add(inputCandidate, tf.mul(reset, hiddenCandidate)));
      const difference = tf.sub(hidden, candidate);
      const value = tf.add(candidate, tf.mul(update, difference)) as tf.Tensor2D;
      const saved = [gates, reset, update, hiddenCandidate, candidate, difference];
      return { value, saved };
    },
    (slope, saved) => {
      const [gates, reset, update] = [savedAt(saved, 0), savedAt(saved, 1), savedAt(saved, 2)];
      const candidate = savedAt(saved, 4);
      const toHidden = tf.mul(slope, update);
      const toCandidate = tf.mul(tf.sub(slope, toHidden), tf.sub(1, tf.square(candidate)));
      const toReset = tf.mul(toCandidate, savedAt(saved, 3));
      const toUpdate = tf.mul(slope, savedAt(saved, 5));
      const toGates = tf.mul(
        tf.concat([toReset, toUpdate], 1),
        tf.mul(gates, tf.sub(1, gates)),
      ) as tf.Tensor2D;
      return [
        tf.concat([toGates, toCandidate as tf.Tensor2D], 1),
        tf.concat([toGates, tf.mul(toCandidate, reset) as tf.Tensor2D], 1),
        toHidden,
      ];
    },
  );
}

function splitGates(projection: tf.Tensor2D, width: number): [tf.Tensor2D, tf.Tensor2D] {
  return tf.split(projection, [2 * width, width], 1) as [tf.Tensor2D, tf.Tensor2D];
}

/** One GRU step. input [rows, inputs], hidden [rows, width] → [rows, width]. */
export function gruCell(input: tf.Tensor2D, hidden: tf.Tensor2D, weights: GruWeights): tf.Tensor2D {
  const fromInput = linear(input, weights.inputWeight, weights.inputBias);
  const fromHidden = linear(hidden, weights.hiddenWeight, weights.hiddenBias);
  return gruGates(fromInput, fromHidden, hidden);
}

/**
 * A GRU over time from a zero state, all inputs projected in one product.
 * inputs [rows, time, inputs] → the states after each step, time times [rows, width].
 */
export function gruSequence(inputs: tf.Tensor3D, weights: GruWeights): tf.Tensor2D[] {
  const [rows] = inputs.shape;
  const [width] = weights.hiddenWeight.shape;
  const projected = linear(inputs, weights.inputWeight, weights.inputBias);
  const states: tf.Tensor2D[] = [];
  let hidden: tf.Tensor2D = tf.zeros([rows, width]);
  for (const fromInput of tf.unstack(projected, 1) as tf.Tensor2D[]) {
    const fromHidden = linear(hidden, weights.hiddenWeight, weights.hiddenBias);
    hidden = gruGates(fromInput, fromHidden, hidden);
    states.push(hidden);
  }
  return states;
}
