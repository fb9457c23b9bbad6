import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collectEpisodes } from '../../../src-main/engine/evaluation/collector.ts';
import { sessionStreams } from '../../../src-main/engine/evaluation/play-session.ts';
import { openPolicy } from '../../../src-main/engine/training/open-policy.ts';
import {
  playCheckpoint,
  type PlayedTrace,
} from '../../../src-main/engine/training/play-checkpoint.ts';
import { testDevice } from '../../support/device.ts';
import { temporaryWorld, trainInChild, type TrainJob } from '../../support/train.ts';

const methods = {
  mbpo: {},
  mopo: { lambdaU: 0.05 },
  dorl: { lambdaU: 0.05, lambdaE: 0.5, entropyOrders: [1, 2] },
} as const;
const config = {
  epochs: 2,
  stepsPerEpoch: 300,
  environments: 20,
  ensembleSize: 2,
  worldModelEpochs: 2,
  worldModelBatchSize: 64,
  worldModelHidden: [16],
};
const protocol = {
  exitRule: 'category',
  exitThreshold: 1,
  exitWindowLength: 4,
  maxLength: 12,
  finalEpisodes: 20,
} as const;

let world: Awaited<ReturnType<typeof temporaryWorld>>;
const checkpoints = new Map<string, string>();

const jobOf = (method: keyof typeof methods, change: Partial<TrainJob> = {}): TrainJob => ({
  datasetFolder: world.dataset,
  runFolder: join(world.folder, method),
  cacheFolder: join(world.folder, 'cache'),
  method,
  config: { ...config, ...methods[method] },
  seed: 7,
  protocol,
  resumeFrom: null,
  pauseAfterSteps: null,
  ...change,
});

beforeAll(async () => {
  await testDevice();
  world = await temporaryWorld({ users: 30, items: 25, interactionsPerUser: 10, seed: 4 });
  for (const method of Object.keys(methods) as (keyof typeof methods)[]) {
    const { checkpoint } = await trainInChild(jobOf(method));
    checkpoints.set(method, join(world.folder, method, 'checkpoints', checkpoint.name));
  }
});

afterAll(() => world.remove());

function play(
  method: string,
  change: Partial<Parameters<typeof playCheckpoint>[0]> = {},
): Promise<PlayedTrace> {
  return playCheckpoint({
    checkpointFolder: checkpoints.get(method) ?? '',
    datasetFolder: world.dataset,
    user: 3,
    seed: 11,
    acting: null,
    top: 5,
    ...change,
  });
}

/** Every file below a folder with its size and time. */
function imprint(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${String(size)} ${String(mtimeMs)}`;
    })
    .sort();
}

describe.each(Object.keys(methods))('a session played with a checkpoint of %s', (method) => {
  it('is the same twice, and leaves the checkpoint as it was', async () => {
    const before = imprint(checkpoints.get(method) ?? '');
    const first = await play(method);
    expect(await play(method)).toEqual(first);
    expect(first.steps.length).toBeGreaterThan(0);
    expect(imprint(checkpoints.get(method) ?? '')).toEqual(before);
  });

  it.each(['sampled', 'greedy'] as const)(
    'returns what the evaluation gives for this user and seed (%s)',
    async (acting) => {
      const { dataset, spec, inspector, dispose } = await openPolicy(
        checkpoints.get(method) ?? '',
        world.dataset,
      );
      for (let user = 0; user < dataset.users; user += 7) {
        const random = acting === 'sampled' ? sessionStreams(11).acting : null;
        const log = collectEpisodes(
          dataset,
          { ...spec.protocol, acting },
          {
            batchSize: 1,
            act: (episodes, excludeShown) =>
              Int32Array.of(inspector.consider(episodes, { excludeShown, random }).item),
          },
          Int32Array.of(user),
        );
        const played = await play(method, { user, acting });
        const length = log.lengths[0] ?? 0;
        expect(played.steps.map(({ chosen }) => chosen.item)).toEqual([
          ...log.itemsET.subarray(0, length),
        ]);
        expect(played.return).toBeCloseTo(
          log.rewardsET.subarray(0, length).reduce((sum, reward) => sum + reward, 0),
          10,
        );
      }
      dispose();
    },
  );

  it('tells probabilities, true rewards and the exit as the ground truth has them', async () => {
    const { dataset, dispose } = await openPolicy(checkpoints.get(method) ?? '', world.dataset);
    const played = await play(method, { top: 25 });
    const truth = dataset.groundTruth?.rewardsUI ?? new Float32Array();
    const shown = new Set<number>();
    for (const [turn, step] of played.steps.entries()) {
      expect(step.turn).toBe(turn);
      const total = step.top.reduce((sum, { probability }) => sum + probability, 0);
      expect(total).toBeCloseTo(1, 4);
      for (const candidate of [step.chosen, ...step.top]) {
        expect(candidate.trueReward).toBe(truth[3 * dataset.items + candidate.item]);
        expect(candidate.values).toHaveLength(played.itemQuantities.length);
        expect(shown.has(candidate.item)).toBe(false);
      }
      expect(step.top[step.rank - 1]?.probability).toBe(step.chosen.probability);
      expect(step.chosen.leaves && turn < played.steps.length - 1).toBe(false);
      shown.add(step.chosen.item);
    }
    const last = played.steps.at(-1);
    expect(last?.runningReturn).toBeCloseTo(played.return, 4);
    expect(played.exit).toBe(last?.chosen.leaves === true ? 'left' : 'length');
    if (played.exit === 'length') expect(played.steps).toHaveLength(12);
    dispose();
  });
});

describe('a played session', () => {
  it('draws the same user for every policy from one seed', async () => {
    const users = await Promise.all(
      [...checkpoints.keys()].map(async (method) => (await play(method, { user: null })).user.user),
    );
    expect(new Set(users).size).toBe(1);
  });

  it('tells the user’s own rows of the log', async () => {
    const { dataset, dispose } = await openPolicy(checkpoints.get('mbpo') ?? '', world.dataset);
    const { history } = await play('mbpo');
    const rows = [...dataset.train.users].filter((user) => user === 3).length;
    expect(history.total).toBe(rows);
    expect(history.rows).toHaveLength(rows);
    dispose();
  });

  it('refuses a user that is not there', async () => {
    await expect(play('mbpo', { user: 30 })).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('refuses a checkpoint from before the policy', async () => {
    const runFolder = join(world.folder, 'early');
    const cacheFolder = join(world.folder, 'early-cache');
    const { checkpoint } = await trainInChild(
      jobOf('mbpo', { runFolder, cacheFolder, pauseAfterSteps: 1 }),
    );
    const checkpointFolder = join(runFolder, 'checkpoints', checkpoint.name);
    expect(existsSync(checkpointFolder)).toBe(true);
    await expect(play('mbpo', { checkpointFolder })).rejects.toMatchObject({
      code: 'invalid-input',
      message: 'This checkpoint holds no policy yet.',
    });
  });
});
