import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDataset } from '../../../src-main/engine/data/open-dataset.ts';
import { resolveProtocol } from '../../../src-main/engine/evaluation/protocol.ts';
import { scoreReferences } from '../../../src-main/engine/evaluation/reference.ts';
import { temporaryWorld, trainInChild, type TrainOutcome } from '../../support/train.ts';

const worlds: { remove(): void }[] = [];

afterAll(() => {
  for (const world of worlds) world.remove();
});

async function world(options: Parameters<typeof temporaryWorld>[0]) {
  const made = await temporaryWorld(options);
  worlds.push(made);
  return made;
}

const last = (outcome: TrainOutcome, metric: string): number =>
  outcome.metrics.filter(([name]) => name === metric).at(-1)![2];

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a policy trained on the true reward', () => {
  it('reaches at least 95 % of the oracle', async () => {
    const { folder, dataset } = await world({ users: 40, items: 30, seed: 0 });
    const protocol = { maxLength: 10, users: 'stratified', finalEpisodes: 2000 } as const;
    const outcome = await trainInChild({
      datasetFolder: dataset,
      runFolder: join(folder, 'run'),
      cacheFolder: join(folder, 'cache'),
      method: 'mbpo',
      config: {
        rewardSource: 'ground-truth',
        itemEmbeddings: 'random',
        userInState: 'id',
        userEmbeddingSize: 16,
        maskInTraining: true,
        epochs: 40,
        stepsPerEpoch: 20_000,
        learningRate: 3e-3,
        trackerLearningRate: 3e-2,
        entropyCoefficient: 0.01,
        gamma: 0.5,
        minibatchSize: 256,
      },
      seed: 0,
      protocol,
      resumeFrom: null,
      pauseAfterSteps: null,
    });
    const scores = await scoreReferences(await openDataset(dataset), resolveProtocol(protocol), {
      episodes: 1000,
      seed: 0,
    });
    const oracle = scores.find((score) => score.policy === 'oracle')!.rTra;
    expect(last(outcome, 'final/rTra') / oracle).toBeGreaterThanOrEqual(0.95);
  });
});

describe('where exposure is biased', () => {
  const common = {
    // A model of the observed rows only, so that it may overestimate what it hardly knows.
    negatives: 'none',
    centredTargets: true,
    worldModelEpochs: 10,
    worldModelBatchSize: 256,
    worldModelHidden: [64, 64],
    worldModelDecay: 0.02,
    initialDeviation: 0.01,
    seedPerMember: true,
    maskInTraining: true,
    learningRate: 3e-3,
    trackerLearningRate: 3e-3,
    epochs: 10,
    stepsPerEpoch: 30_000,
  };
  const methods = {
    mbpo: {},
    mopo: { lambdaU: 3 },
    dorl: { lambdaU: 3, lambdaE: 0.05, entropyOrders: [1, 2], entropyLevel: 'feature' },
  };

  it('MOPO and DORL beat MBPO, because they exploit fewer errors of the model', async () => {
    const { folder, dataset } = await world({ preset: 'biased', seed: 0 });
    const run = (method: string, config: Record<string, unknown>, seed: number) =>
      trainInChild({
        datasetFolder: dataset,
        runFolder: join(folder, `${method}-${seed}`),
        cacheFolder: join(folder, 'cache'),
        method,
        config: { ...common, ...config },
        seed,
        protocol: { users: 'stratified', finalEpisodes: 900 },
        resumeFrom: null,
        pauseAfterSteps: null,
      });
    const results: Record<string, TrainOutcome[]> = {};
    for (const [method, config] of Object.entries(methods)) {
      results[method] = [await run(method, config, 0), await run(method, config, 1)];
    }
    const of = (method: string, metric: string) =>
      mean(results[method]!.map((outcome) => last(outcome, metric)));
    for (const method of ['mopo', 'dorl']) {
      expect(of(method, 'final/rTra')).toBeGreaterThan(of('mbpo', 'final/rTra') + 0.5);
      // The diagnostics say why: less optimism about better known, less uncertain items.
      const optimism = 'final/diagnostics/optimism';
      expect(of(method, optimism)).toBeLessThan(0.8 * of('mbpo', optimism));
      const exposure = 'final/diagnostics/exposure';
      expect(of(method, exposure)).toBeGreaterThan(1.2 * of('mbpo', exposure));
    }
    // What is rarely shown is overestimated more, and P_U points at errors.
    expect(of('mbpo', 'world-model/biasRareItems')).toBeGreaterThan(
      of('mbpo', 'world-model/biasFrequentItems') + 0.05,
    );
  });
});
