import { linear } from '#engine/compute/fused.ts';
import { torchLinear } from '#engine/compute/initialisers.ts';
import { ParameterSet, type Parameter } from '#engine/compute/parameters.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import type { tf } from '#engine/compute/tf.ts';

interface Layer {
  readonly weight: Parameter;
  readonly bias: Parameter;
}

/**
 * A trunk shared by actor and critic: state → hidden layers with ReLU → logits over items and V(s).
 * Weights start as in torch: U(−1/√in, 1/√in), biases alike.
 */
export class ActorCritic {
  readonly parameters: ParameterSet;
  readonly #trunk: readonly Layer[];
  readonly #actor: Layer;
  readonly #critic: Layer;

  constructor(
    scope: string,
    options: { stateSize: number; hidden: readonly number[]; items: number; random: RandomStream },
  ) {
    const { stateSize, hidden, items, random } = options;
    const set = new ParameterSet(scope);
    const layer = (name: string, from: number, to: number): Layer => {
      const initial = torchLinear(random, [from, to]);
      return {
        weight: set.create(`${name}/weight`, [from, to], initial.weight),
        bias: set.create(`${name}/bias`, [to], initial.bias),
      };
    };
    const widths = [stateSize, ...hidden];
    this.parameters = set;
    this.#trunk = hidden.map((width, index) => layer(`trunk-${index}`, widths[index]!, width));
    this.#actor = layer('actor', widths.at(-1)!, items);
    this.#critic = layer('critic', widths.at(-1)!, 1);
  }

  /** @param states [batch, stateSize] */
  forward(states: tf.Tensor2D): { logits: tf.Tensor2D; values: tf.Tensor1D } {
    let hidden = states;
    for (const layer of this.#trunk) hidden = apply(hidden, layer, 'relu');
    const values = apply(hidden, this.#critic, 'none').reshape([states.shape[0]]);
    return { logits: apply(hidden, this.#actor, 'none'), values: values as tf.Tensor1D };
  }
}

function apply(input: tf.Tensor2D, layer: Layer, activation: 'relu' | 'none'): tf.Tensor2D {
  const [weight, bias] = [layer.weight.read() as tf.Tensor2D, layer.bias.read() as tf.Tensor1D];
  return linear(input, weight, bias, activation);
}
