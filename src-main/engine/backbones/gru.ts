import { linear } from '#engine/compute/fused.ts';
import { constant, glorotUniform, zeros } from '#engine/compute/initialisers.ts';
import { ParameterSet, type Parameter } from '#engine/compute/parameters.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import { lastValid, type Backbone, type EmbeddedHistories } from './history.ts';

/**
 * GRU4Rec (Hidasi and others, 2016) with the cell of Cho and others (2014):
 *   [r, u] = σ([x, h] W_g + b_g),   c = tanh([x, r ∘ h] W_c + b_c),   h' = u ∘ h + (1 − u) ∘ c
 * The state is h after the last valid item; an empty history feeds one padded step.
 */
export class Gru implements Backbone {
  readonly parameters: ParameterSet;
  readonly stateSize: number;
  readonly #gateWeight: Parameter;
  readonly #gateBias: Parameter;
  readonly #candidateWeight: Parameter;
  readonly #candidateBias: Parameter;

  constructor(scope: string, options: { width: number; stateSize: number; random: RandomStream }) {
    const { width, stateSize, random } = options;
    const rows = width + stateSize;
    const set = new ParameterSet(scope);
    const weight = (name: string, columns: number): Parameter =>
      set.create(name, [rows, columns], glorotUniform(random, [rows, columns]));
    this.parameters = set;
    this.stateSize = stateSize;
    this.#gateWeight = weight('gates/weight', 2 * stateSize);
    // Gates start open, so that the first gradients reach the first items.
    this.#gateBias = set.create('gates/bias', [2 * stateSize], constant([2 * stateSize], 1));
    this.#candidateWeight = weight('candidate/weight', stateSize);
    this.#candidateBias = set.create('candidate/bias', [stateSize], zeros([stateSize]));
  }

  forward({ vectors, lengths }: EmbeddedHistories): tf.Tensor2D {
    const [batch, , width] = vectors.shape;
    const gates = splitRows(this.#gateWeight.read(), width);
    const candidates = splitRows(this.#candidateWeight.read(), width);
    // The inputs' part of all steps is one product; only the state's part has to be done step by step.
    const gateInputs = linear(vectors, gates.fromInput, this.#gateBias.read());
    const candidateInputs = linear(vectors, candidates.fromInput, this.#candidateBias.read());
    const candidateSteps = tf.unstack(candidateInputs, 1) as tf.Tensor2D[];
    let hidden: tf.Tensor2D = tf.zeros([batch, this.stateSize]);
    const states = (tf.unstack(gateInputs, 1) as tf.Tensor2D[]).map((gateInput, step) => {
      const both = tf.sigmoid(tf.add(gateInput, tf.matMul(hidden, gates.fromState)));
      const [reset, update] = tf.split(both, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
      const recalled = tf.matMul(tf.mul(reset, hidden), candidates.fromState);
      const candidate = tf.tanh(tf.add(candidateSteps[step]!, recalled));
      hidden = tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate)));
      return hidden;
    });
    return lengths === null ? hidden : lastValid(tf.stack(states, 1) as tf.Tensor3D, lengths);
  }
}

/** The rows of a weight that meet the input, and those that meet the state. */
function splitRows(
  weight: tf.Tensor,
  width: number,
): { fromInput: tf.Tensor2D; fromState: tf.Tensor2D } {
  const [rows] = weight.shape as [number, number];
  const [fromInput, fromState] = tf.split(weight, [width, rows - width], 0);
  return { fromInput: fromInput as tf.Tensor2D, fromState: fromState as tf.Tensor2D };
}
