import { beforeAll, describe, expect, it } from 'vitest';
import { compileStep, withEager } from '../../../src-main/engine/compute/compile-step.ts';
import { valueAndGradients } from '../../../src-main/engine/compute/gradients.ts';
import { Adam } from '../../../src-main/engine/compute/optimisers.ts';
import { RandomStreams } from '../../../src-main/engine/compute/random.ts';
import { tf } from '../../../src-main/engine/compute/tf.ts';
import type { Interactions } from '../../../src-main/engine/data/dataset.ts';
import { DeepFm, gaussianLoss, softClamp } from '../../../src-main/engine/worldmodels/deepfm.ts';
import { sampleNegatives } from '../../../src-main/engine/worldmodels/negative-sampling.ts';
import { rowWeights } from '../../../src-main/engine/worldmodels/weights.ts';
import reference from '../../fixtures/science/deepfm.json' with { type: 'json' };
import { testDevice } from '../../support/device.ts';

beforeAll(async () => {
  await testDevice();
});

function referenceModel(scope: string): DeepFm {
  const { rows, fields, embeddingSize, hidden } = reference;
  const shape = { rows, fields, embeddingSize, hidden, output: 'identity' as const };
  const random = new RandomStreams(0).stream('initial');
  const model = new DeepFm(scope, { ...shape, initialDeviation: 0.1 }, random);
  for (const [name, values] of Object.entries(reference.initial)) {
    model.parameters.get(name).assign(Float32Array.from(values));
  }
  return model;
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], digits = 5): void {
  expect(actual.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, digits);
}

describe('soft clamp of the log-variance', () => {
  it('has the hand-computed values', () => {
    const clamped = softClamp(tf.tensor1d([0, 1e4, -1e4])).dataSync();
    expect(clamped[0]).toBeCloseTo(-0.4740041, 5);
    expect(clamped[1]).toBeCloseTo(0.5, 4);
    expect(clamped[2]).toBeCloseTo(-10, 5);
  });
});

describe('DeepFM with a variance head', () => {
  it('predicts what PyTorch does', () => {
    const model = referenceModel('forward');
    const { mean, logVariance } = model.forward(tf.tensor1d(reference.codes, 'int32'));
    expectClose(mean.dataSync(), reference.mean);
    expectClose(logVariance.dataSync(), reference.logVariance);
    model.dispose();
  });

  for (const mode of ['captured', 'eager'] as const) {
    it(`learns what PyTorch does, ${mode}`, () => {
      const model = referenceModel(`learn-${mode}`);
      const { learningRate } = reference;
      const adam = new Adam(`learn-${mode}/adam`, model.parameters.list(), { learningRate });
      const step = compileStep(`learn-${mode}`, ({ codes, targets, weights }) => {
        const { outputs, gradients } = valueAndGradients(() => {
          const prediction = model.forward(codes as tf.Tensor1D);
          const fit = gaussianLoss(prediction, targets as tf.Tensor1D, weights as tf.Tensor1D);
          return {
            loss: fit.add(model.regularisation({ embeddings: 1e-5, all: 0.1 })) as tf.Scalar,
          };
        }, model.parameters.list());
        adam.apply(gradients);
        return outputs;
      });
      const feeds = {
        codes: { data: Int32Array.from(reference.codes), shape: [reference.codes.length] },
        targets: { data: Float32Array.from(reference.targets), shape: [6] },
        weights: { data: Float32Array.from(reference.weights), shape: [6] },
      };
      const run = () => reference.losses.map(() => step.run(feeds)['loss']![0]!);
      expectClose(mode === 'eager' ? withEager(run) : run(), reference.losses, 4);
      for (const [name, values] of Object.entries(reference.after)) {
        expectClose(model.parameters.get(name).values(), values, 4);
      }
      step.dispose();
      adam.dispose();
      model.dispose();
    });
  }
});

const log: Interactions = {
  users: Int32Array.from([0, 0, 1]),
  items: Int32Array.from([0, 1, 1]),
  rewards: Float32Array.from([5, 1, 3]),
  times: null,
  propensities: Float32Array.from([0.25, 1, 0.0001]),
};

describe('negative sampling', () => {
  const sample = (tries: number) =>
    sampleNegatives(log, {
      users: 2,
      items: 2,
      rounds: 200,
      tries,
      random: new RandomStreams(3).stream('negatives'),
    });
  const stored = [5, 1, 0, 3];

  it('repeats every row once a round', () => {
    const { positiveRows } = sample(3);
    expect(positiveRows.length).toBe(600);
    expect([...positiveRows.subarray(0, 6)]).toEqual([0, 1, 2, 0, 1, 2]);
  });

  it('mostly accepts pairs of lower value, whatever the user, and gives up after the tries', () => {
    const { positiveRows, negativeUsers, negativeItems } = sample(3);
    let accepted = 0;
    let ofOtherUser = 0;
    for (const [at, row] of positiveRows.entries()) {
      const value = stored[negativeUsers[at]! * 2 + negativeItems[at]!]!;
      if (value < log.rewards[row]!) accepted++;
      if (negativeUsers[at] !== log.users[row]) ofOtherUser++;
    }
    // Row 0 fails with probability (1/4)³, row 1 with (3/4)³, row 2 with (1/2)³.
    expect(accepted / 600).toBeGreaterThan(0.76);
    expect(accepted / 600).toBeLessThan(0.87);
    expect(ofOtherUser).toBeGreaterThan(150);
  });
});

describe('propensity weights', () => {
  it('are capped powers with mean 1', () => {
    const weights = rowWeights(log, { power: 0.5, cap: 20 });
    const raw = [2, 1, 20];
    expectClose(
      weights,
      raw.map((weight) => (weight * 3) / 23),
      6,
    );
    expectClose(rowWeights(log, { power: 0, cap: 20 }), [1, 1, 1]);
  });

  it('need propensities', () => {
    expect(() => rowWeights({ ...log, propensities: null }, { power: 1, cap: 20 })).toThrow(
      /no propensities/,
    );
  });
});
