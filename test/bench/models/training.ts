import { compileStep, type Feed } from '#engine/compute/compile-step.ts';
import { valueAndGradients } from '#engine/compute/gradients.ts';
import { Adam } from '#engine/compute/optimisers.ts';
import type { ParameterSet } from '#engine/compute/parameters.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import type { tf } from '#engine/compute/tf.ts';
import type { TrainingStep } from './index.ts';

export const learningRate = 1e-3;

/** A compiled step that lowers `loss` with Adam, fed with the same batch each time. */
export function adamStep(
  name: string,
  parameters: ParameterSet,
  feeds: Record<string, Feed>,
  loss: (feeds: Record<string, tf.Tensor>) => tf.Scalar,
): TrainingStep {
  const all = parameters.list();
  const optimiser = new Adam('adam', all, { learningRate });
  const step = compileStep(name, (tensors) => {
    const { outputs, gradients } = valueAndGradients(() => ({ loss: loss(tensors) }), all);
    optimiser.apply(gradients);
    return outputs;
  });
  return {
    run: () => step.run(feeds)['loss']?.[0] ?? NaN,
    dispose: () => {
      step.dispose();
      optimiser.dispose();
      parameters.dispose();
    },
  };
}

export function integers(random: RandomStream, size: number, bound: number): Feed {
  const data = new Int32Array(size);
  random.fillIntegers(data, bound);
  return { data, shape: [size] };
}

export function uniform(random: RandomStream, shape: readonly number[], scale: number): Feed {
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  random.fillUniform(data);
  return { data: data.map((value) => (2 * value - 1) * scale), shape };
}
