import { beforeAll, describe, expect, it } from 'vitest';
import { A2c, type A2cConfig } from '../../../src-main/engine/agents/a2c.ts';
import { AverageTracker } from '../../../src-main/engine/backbones/average-tracker.ts';
import { withEager } from '../../../src-main/engine/compute/compile-step.ts';
import { RandomStreams } from '../../../src-main/engine/compute/random.ts';
import { LockstepEpisodes } from '../../../src-main/engine/environments/lockstep.ts';
import { MatrixReward } from '../../../src-main/engine/rewards/reward-source.ts';
import reference from '../../fixtures/science/a2c.json' with { type: 'json' };
import { testDevice } from '../../support/device.ts';

beforeAll(async () => {
  await testDevice();
});

const config: A2cConfig = {
  hidden: reference.hidden,
  learningRate: reference.learningRate,
  trackerLearningRate: reference.trackerLearningRate,
  gamma: reference.gamma,
  gaeLambda: reference.gaeLambda,
  valueCoefficient: 0.5,
  entropyCoefficient: reference.entropyCoefficient,
  maxGradientNorm: null,
  minibatchSize: 1024,
};

function agent(changes: Partial<A2cConfig> = {}, maskInTraining = false): A2c {
  const streams = new RandomStreams(1);
  const { items, embeddingSize, window } = reference;
  const tracker = new AverageTracker('tracker', {
    items,
    embeddingSize,
    window,
    itemEmbeddings: new Float32Array(items * embeddingSize),
    userInState: null,
    random: streams.stream('tracker'),
  });
  const a2c = new A2c(
    { ...config, ...changes },
    {
      tracker,
      maskInTraining,
      streams: {
        initial: streams.stream('initial'),
        sampling: streams.stream('sampling'),
        shuffling: streams.stream('shuffling'),
      },
    },
  );
  for (const set of a2c.parameterSets) {
    for (const parameter of set.list()) {
      const values = (reference.initial as Record<string, number[]>)[parameter.name]!;
      parameter.assign(Float32Array.from(values));
    }
  }
  return a2c;
}

/** The reference's episodes, as if they had just been played. */
function playedEpisodes(): LockstepEpisodes {
  const { items, length, episodes } = reference;
  const played = new LockstepEpisodes({
    count: episodes,
    maxLength: length,
    rewards: new MatrixReward(new Float32Array(items), items),
    exitRule: { leaves: () => false },
  });
  played.reset(Int32Array.from([0, 0]));
  played.itemsET.set(reference.actions);
  played.rewardsET.set(reference.rewards);
  played.lengths.fill(length);
  played.ended.fill(1);
  return played;
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], digits: number): void {
  for (const [index, value] of expected.entries()) expect(actual[index]).toBeCloseTo(value, digits);
}

const scale = { low: 0, high: reference.high };

describe('A2C', () => {
  for (const mode of ['captured', 'eager'] as const) {
    it(`learns what PyTorch does, ${mode}`, () => {
      const a2c = agent();
      const episodes = playedEpisodes();
      const learn = () => {
        for (const expected of reference.updates) {
          const losses = a2c.update(episodes, Float32Array.from(expected.values), scale);
          expect(losses.actor).toBeCloseTo(expected.actor, 4);
          expect(losses.critic).toBeCloseTo(expected.critic, 4);
          expect(losses.entropy).toBeCloseTo(expected.entropy, 4);
        }
      };
      if (mode === 'eager') withEager(learn);
      else learn();
      for (const set of a2c.parameterSets) {
        for (const parameter of set.list()) {
          const expected = (reference.after as Record<string, number[]>)[parameter.name]!;
          expectClose(parameter.values(), expected, 4);
        }
      }
      a2c.dispose();
    });
  }

  it('values states as PyTorch does, from the first action on', () => {
    const a2c = agent();
    const episodes = playedEpisodes();
    for (let turn = 0; turn < reference.length; turn++) {
      episodes.lengths.fill(turn);
      episodes.ended.fill(0);
      const { values } = a2c.act(episodes, { scale, excludeShown: false, random: null });
      const expected = [0, 1].map((episode) => reference.updates[0]!.values[episode * 3 + turn]!);
      expectClose(values, expected, 5);
    }
    a2c.dispose();
  });

  it('never shows an item again when shown items are excluded', () => {
    const a2c = agent();
    const { items } = reference;
    const episodes = new LockstepEpisodes({
      count: 64,
      maxLength: items,
      rewards: new MatrixReward(new Float32Array(items), items),
      exitRule: { leaves: () => false },
    });
    const random = new RandomStreams(5).stream('sampling');
    for (const sampled of [random, null]) {
      episodes.reset(new Int32Array(64));
      while (episodes.running > 0) {
        episodes.step(a2c.act(episodes, { scale, excludeShown: true, random: sampled }).actions);
      }
      for (let episode = 0; episode < 64; episode++) {
        const shown = episodes.itemsET.subarray(episode * items, (episode + 1) * items);
        expect(new Set(shown).size).toBe(items);
      }
    }
    a2c.dispose();
  });

  it('learns under the mask that it acts under', () => {
    const a2c = agent({ entropyCoefficient: 0 }, true);
    const episodes = playedEpisodes();
    // With 5 items and 2 shown, 3 remain: uniform logits give −log π = log(remaining).
    for (const set of a2c.parameterSets) {
      for (const parameter of set.list()) parameter.assign(new Float32Array(parameter.size));
    }
    episodes.itemsET.set([0, 1, 2, 3, 4, 0]);
    const losses = a2c.update(episodes, new Float32Array(6), scale);
    const { gamma, gaeLambda } = reference;
    let expected = 0;
    for (let episode = 0; episode < 2; episode++) {
      let advantage = 0;
      for (let turn = 2; turn >= 0; turn--) {
        advantage = reference.rewards[episode * 3 + turn]! + gamma * gaeLambda * advantage;
        expected += (advantage * Math.log(5 - turn)) / 6;
      }
    }
    expect(losses.actor).toBeCloseTo(expected, 4);
    a2c.dispose();
  });
});
