import { crossEntropyLinear, linear } from '#engine/compute/fused.ts';
import { torchLinear } from '#engine/compute/initialisers.ts';
import { ParameterSet } from '#engine/compute/parameters.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import type { TrainingStep } from './index.ts';
import { adamStep, integers, uniform } from './training.ts';

const batch = 100;
const stateSize = 64;
const hiddenSize = 64;

/** A softmax policy: 64 → 64 ReLU → actions, lowered by policy gradient with Adam. */
export function makePolicy(actions: number): TrainingStep {
  const random = new RandomStreams(1).stream('policy');
  const set = new ParameterSet('policy');
  const layer = (name: string, inputs: number, outputs: number) => {
    const initial = torchLinear(random, [inputs, outputs]);
    return {
      weight: set.create(`${name}/weight`, [inputs, outputs], initial.weight),
      bias: set.create(`${name}/bias`, [outputs], initial.bias),
    };
  };
  const hidden = layer('hidden', stateSize, hiddenSize);
  const head = layer('head', hiddenSize, actions);
  const feeds = {
    states: uniform(random, [batch, stateSize], 1),
    chosen: integers(random, batch, actions),
    advantages: uniform(random, [batch], 1),
  };
  return adamStep(`policy-${actions}`, set, feeds, ({ states, chosen, advantages }) => {
    const inner = linear(states as tf.Tensor2D, hidden.weight.read(), hidden.bias.read(), 'relu');
    // mean over the batch of advantage · −log π(chosen)
    const rowScale = tf.mul(advantages as tf.Tensor1D, 1 / batch) as tf.Tensor1D;
    const labels = chosen as tf.Tensor1D;
    return crossEntropyLinear(inner, head.weight.read(), head.bias.read(), labels, rowScale);
  });
}
