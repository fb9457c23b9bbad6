import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withEager } from '../../../src-main/engine/compute/compile-step.ts';
import { RandomStreams } from '../../../src-main/engine/compute/random.ts';
import type { Dataset } from '../../../src-main/engine/data/dataset.ts';
import { openDataset } from '../../../src-main/engine/data/open-dataset.ts';
import { resolveProtocol } from '../../../src-main/engine/evaluation/protocol.ts';
import type { RunContext } from '../../../src-main/engine/methods/method.ts';
import { modelBasedSchema } from '../../../src-main/engine/recipes/model-based/config.ts';
import { PolicyPhase } from '../../../src-main/engine/recipes/model-based/policy-phase.ts';
import { simulatedReward } from '../../../src-main/engine/recipes/model-based/rewards.ts';
import type { Phase } from '../../../src-main/engine/training/phase.ts';
import {
  EnsemblePhase,
  type EnsembleConfig,
} from '../../../src-main/engine/worldmodels/ensemble.ts';
import type { RewardModel } from '../../../src-main/engine/worldmodels/reward-model.ts';
import { testDevice } from '../../support/device.ts';
import { temporaryWorld } from '../../support/train.ts';

let world: Awaited<ReturnType<typeof temporaryWorld>>;
let dataset: Dataset;

beforeAll(async () => {
  await testDevice();
  world = await temporaryWorld({ users: 30, items: 25, interactionsPerUser: 10, seed: 4 });
  dataset = await openDataset(world.dataset);
});

afterAll(() => world.remove());

function expectSameTensors(left: Phase, right: Phase): void {
  const [a, b] = [left.state().tensors, right.state().tensors];
  expect(Object.keys(a)).toEqual(Object.keys(b));
  for (const [name, { data }] of Object.entries(a)) {
    for (const [index, value] of data.entries()) {
      expect(Math.abs(value - b[name]!.data[index]!), name).toBeLessThan(
        2e-4 + 1e-3 * Math.abs(value),
      );
    }
  }
}

describe('every recorded step equals its eager form', () => {
  const ensemble: EnsembleConfig = {
    members: 2,
    epochs: 2,
    batchSize: 64,
    embeddingSize: 4,
    hidden: [8, 8],
    output: 'sigmoid',
    learningRate: 1e-2,
    initialDeviation: 0.05,
    embeddingDecay: 1e-5,
    decay: 0.1,
    negatives: 'zero',
    negativeRounds: 1,
    centred: false,
    propensity: { power: 0.5, cap: 20 },
    seed: 1,
    seedPerMember: true,
  };

  it('world model: fitting and predicting', () => {
    const [captured, eager] = [0, 1].map(() => new EnsemblePhase(dataset, ensemble, () => {}));
    while (captured!.done < captured!.total) {
      captured!.step();
      withEager(() => eager!.step());
    }
    expectSameTensors(captured!, eager!);
    const [a, b] = [captured!.predict(), withEager(() => eager!.predict())];
    for (const key of ['rewardsUI', 'uncertaintyUI', 'itemEmbeddings'] as const) {
      for (const [index, value] of a[key].entries()) expect(value).toBeCloseTo(b[key][index]!, 3);
    }
    captured!.dispose();
    eager!.dispose();
  });

  for (const changes of [
    {},
    { maskInTraining: true, userInState: 'id', entropyCoefficient: 0.01, maxGradientNorm: 0.5 },
  ]) {
    it(`policy: acting, learning and evaluating with ${JSON.stringify(changes)}`, () => {
      const runFolder = mkdtempSync(join(tmpdir(), 'offrec-captured-'));
      const phase = () => policyPhase(runFolder, changes);
      const [captured, eager] = [phase(), phase()];
      for (let step = 0; step < 4; step++) {
        captured.phase.step();
        withEager(() => eager.phase.step());
      }
      expectSameTensors(captured.phase, eager.phase);
      expect(captured.logged.map(([name]) => name)).toEqual(eager.logged.map(([name]) => name));
      for (const [index, [name, value]] of captured.logged.entries()) {
        expect(value, name).toBeCloseTo(eager.logged[index]![1], 2);
      }
      captured.phase.dispose();
      eager.phase.dispose();
      rmSync(runFolder, { recursive: true, force: true });
    });
  }
});

function policyPhase(runFolder: string, changes: Record<string, unknown>) {
  const logged: [string, number][] = [];
  const context: RunContext = {
    dataset,
    protocol: resolveProtocol({ maxLength: 8, exitRule: 'category', exitThreshold: 1 }),
    seed: 0,
    random: new RandomStreams(3),
    device: { device: 'native-cpu', tensorflow: null, node: '', threads: 1, xla: false },
    cacheFolder: runFolder,
    runFolder,
    log: (name, _step, value) => logged.push([name, value]),
    note() {},
  };
  const config = modelBasedSchema.parse({
    epochs: 2,
    stepsPerEpoch: 200,
    environments: 16,
    minibatchSize: 64,
    lambdaU: 0.1,
    learningRate: 1e-2,
    ...changes,
  });
  const { users, items } = dataset;
  const random = new RandomStreams(9).stream('model');
  const matrix = () => {
    const values = new Float32Array(users * items);
    random.fillUniform(values);
    return values;
  };
  const model: RewardModel = {
    users,
    items,
    rewardsUI: matrix(),
    uncertaintyUI: matrix(),
    itemEmbeddings: matrix().subarray(0, items * 5),
    itemEmbeddingSize: 5,
    lossPerEpoch: new Float32Array(0),
  };
  const reward = simulatedReward(dataset, config, model, random);
  return { phase: new PolicyPhase(context, config, { model, reward }), logged };
}
