import { beforeAll, describe, expect, it } from 'vitest';
import { Adam } from '#engine/compute/optimisers.ts';
import { ParameterSet } from '#engine/compute/parameters.ts';
import { tf } from '#engine/compute/tf.ts';
import { nativeObstacle, nativeSuite, openNative } from './compute-device.ts';
import { evaluate, expectClose, followPath, makers, stored } from './compute-operation-cases.ts';

describe.skipIf(nativeObstacle !== null)(nativeSuite('fused operations, native'), () => {
  beforeAll(async () => {
    await openNative();
  });

  it.each(stored.cases)('$name $options: value and gradients as PyTorch', (entry) => {
    const { value, gradients } = evaluate(entry);
    expectClose(value, entry.value);
    for (const [name, expected] of Object.entries(entry.gradients)) {
      expectClose(gradients.get(name)!, expected);
    }
  });
});

describe.skipIf(nativeObstacle !== null)(nativeSuite('optimisers, native'), () => {
  beforeAll(async () => {
    await openNative();
  });

  it.each(Object.keys(makers))('%s follows PyTorch’s path', followPath);

  it('continues from its saved slots with the same bits', () => {
    const { start, slopes } = stored.optimisers;
    const run = (interruptAt: number): Float32Array => {
      let set = new ParameterSet('resume');
      let parameter = set.create('p', start.shape, Float32Array.from(start.data));
      let optimiser = new Adam('o', set.list(), { learningRate: 0.05 });
      slopes.forEach((slope, step) => {
        if (step === interruptAt) {
          const [weights, slots] = [set.tensors(), optimiser.tensors()];
          optimiser.dispose();
          set.dispose();
          set = new ParameterSet('resume');
          parameter = set.create('p', start.shape, new Float32Array(start.data.length));
          optimiser = new Adam('o', set.list(), { learningRate: 1 });
          set.load(weights);
          optimiser.load(slots);
        }
        tf.tidy(() => {
          optimiser.apply(new Map([[parameter, tf.tensor(slope.data, slope.shape) as tf.Tensor]]));
        });
      });
      const values = parameter.values();
      optimiser.dispose();
      set.dispose();
      return values;
    };
    expect(run(3)).toEqual(run(-1));
  });
});
