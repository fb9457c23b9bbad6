import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RandomStreams } from '../../../src-main/engine/compute/random.ts';
import { decodeNumbers, encodeNumbers } from '../../../src-main/engine/training/numbers.ts';
import { testDevice } from '../../support/device.ts';
import {
  temporaryWorld,
  trainInChild,
  type TrainJob,
  type TrainOutcome,
} from '../../support/train.ts';

let world: Awaited<ReturnType<typeof temporaryWorld>>;
let job: TrainJob;
/** The run that nothing interrupted. */
let whole: TrainOutcome;

/** Small enough for seconds, with every part of the recipe in use. */
const config = {
  epochs: 3,
  stepsPerEpoch: 400,
  environments: 20,
  ensembleSize: 2,
  worldModelEpochs: 2,
  worldModelBatchSize: 64,
  worldModelHidden: [16],
  lambdaU: 0.05,
  lambdaE: 0.5,
  entropyOrders: [1, 2],
  entropyCoefficient: 0.01,
  learningRateSchedule: 'linear',
  maxGradientNorm: 1,
  maskInTraining: true,
  userInState: 'id',
};

beforeAll(async () => {
  world = await temporaryWorld({ users: 30, items: 25, interactionsPerUser: 10, seed: 4 });
  job = {
    datasetFolder: world.dataset,
    runFolder: join(world.folder, 'run'),
    cacheFolder: join(world.folder, 'cache'),
    method: 'dorl',
    config,
    seed: 7,
    protocol: {
      exitRule: 'category',
      exitThreshold: 1,
      exitWindowLength: 4,
      maxLength: 12,
      finalEpisodes: 50,
    },
    resumeFrom: null,
    pauseAfterSteps: null,
  };
  whole = await trainInChild({ ...job, ...at('whole') });
});

afterAll(() => world.remove());

const at = (name: string) => ({
  runFolder: join(world.folder, name),
  cacheFolder: join(world.folder, `${name}-cache`),
});

const finalCheckpoint = () => join(world.folder, 'whole', 'checkpoints', whole.checkpoint.name);

describe('a run', () => {
  it('has the same bits in every process, and others with another seed', async () => {
    const second = await trainInChild({ ...job, ...at('second') });
    const other = await trainInChild({ ...job, ...at('other'), seed: 8 });
    expect(whole.outcome).toBe('done');
    expect(second.checkpoint.hash).toBe(whole.checkpoint.hash);
    expect(second.metrics).toEqual(whole.metrics);
    expect(other.checkpoint.hash).not.toBe(whole.checkpoint.hash);
  });

  it('has the same bits after pauses and resumes at any steps, in either phase', async () => {
    const random = new RandomStreams(1).stream('pauses');
    // Two early pauses fall into the world model, the others anywhere; the fourth part runs to the end.
    for (const longest of [6, whole.steps]) {
      const place = at(`paused-${longest}`);
      const metrics: TrainOutcome['metrics'][number][] = [];
      let resumeFrom: string | null = null;
      let hash: string | null = null;
      for (let part = 0; part < 3; part++) {
        const pauseAfterSteps = part === 2 ? null : 1 + random.integer(longest);
        const outcome = await trainInChild({ ...job, ...place, resumeFrom, pauseAfterSteps });
        metrics.push(...outcome.metrics);
        hash = outcome.checkpoint.hash;
        resumeFrom = join(place.runFolder, 'checkpoints', outcome.checkpoint.name);
        if (outcome.outcome === 'done') break;
      }
      expect(hash).toBe(whole.checkpoint.hash);
      expect(metrics).toEqual(whole.metrics);
    }
  });

  it('takes a world model that another run has fitted, to the same bits', async () => {
    const { cacheFolder } = at('whole');
    const taken = await trainInChild({ ...job, ...at('takes'), cacheFolder });
    expect(taken.notes.join()).toContain('taken from the cache');
    expect(taken.metrics).toEqual(whole.metrics);
    expect(taken.checkpoint.hash).toBe(whole.checkpoint.hash);
  });

  it('logs every evaluation, the final one apart, and its diagnostics', () => {
    const { metrics } = whole;
    const series = (name: string) => metrics.filter(([metric]) => metric === name);
    expect(series('eval/rTra').map(([, epoch]) => epoch)).toEqual([1, 2, 3]);
    expect(series('final/rTra').length).toBe(1);
    expect(series('diagnostics/optimism').length).toBe(3);
    expect(series('world-model/correlation').length).toBe(1);
    for (const [name, , value] of metrics) expect(Number.isFinite(value), name).toBe(true);
  });
});

describe('a checkpoint', () => {
  it('carries its world model and its acting graph', async () => {
    const { info } = await testDevice();
    const folder = join(finalCheckpoint(), 'artefacts');
    expect(existsSync(join(folder, 'world-model.safetensors'))).toBe(true);
    // The portable device records no steps, so that there is no graph to save.
    const native = info.device !== 'portable';
    expect(existsSync(join(folder, 'acting-model', 'saved_model.pb'))).toBe(native);
  });

  it('goes on with more epochs than it was made with', async () => {
    const resumeFrom = finalCheckpoint();
    const longer = await trainInChild({
      ...job,
      ...at('longer'),
      config: { ...config, epochs: 5 },
      resumeFrom,
    });
    const epochs = longer.metrics
      .filter(([name]) => name === 'eval/rTra')
      .map(([, epoch]) => epoch);
    expect(epochs).toEqual([4, 5]);
  });

  it('of another method is refused with both names', async () => {
    const resumeFrom = finalCheckpoint();
    await expect(
      trainInChild({ ...job, ...at('mbpo'), method: 'mbpo', resumeFrom }),
    ).rejects.toThrow(/the checkpoint is of dorl/);
  });
});

describe('values of a state', () => {
  it('keep numbers that JSON does not know', () => {
    const values = { a: [NaN, Infinity, -Infinity, -0, 1.5], b: { c: 'text', d: null } };
    const restored = decodeNumbers(JSON.parse(JSON.stringify(encodeNumbers(values))));
    expect(restored).toEqual(values);
    expect(Object.is((restored as typeof values).a[3], -0)).toBe(true);
  });
});
