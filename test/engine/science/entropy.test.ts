import { describe, expect, it } from 'vitest';
import type { FeatureColumn } from '../../../src-main/engine/data/dataset.ts';
import {
  EntropyPenalty,
  featureLevelCodes,
  itemLevelCodes,
  normalisedEntropy,
  userSequences,
} from '../../../src-main/engine/rewards/entropy.ts';
import { MatrixTerm, SimulatedReward } from '../../../src-main/engine/rewards/simulated-reward.ts';
import { coat } from '../../support/coat.ts';

const sequence = (...items: number[]) => Int32Array.from(items);

describe('normalised entropy', () => {
  it('matches the hand-computed values', () => {
    expect(normalisedEntropy([2, 1, 1])).toBeCloseTo(0.94639, 5);
    expect(normalisedEntropy([5])).toBe(1);
    expect(normalisedEntropy([1, 1])).toBeCloseTo(1, 12);
  });
});

describe('entropy penalty at item level', () => {
  // After 0: 1 twice, 2 once, 3 once. After {0, 1}: 4.
  const sequences = [sequence(0, 1, 4), sequence(0, 1), sequence(0, 2), sequence(0, 3)];
  const penalty = new EntropyPenalty(sequences, itemLevelCodes(6), [1, 2]);

  it('adds one value an order; an order longer than the history counts 1', () => {
    expect(penalty.valueOf(sequence(0), 0, 1)).toBeCloseTo(0.94639 + 1, 5);
    expect(penalty.valueOf(sequence(0, 1), 0, 2)).toBeCloseTo(1 + 1, 12);
  });

  it('an unseen context counts 1', () => {
    expect(penalty.valueOf(sequence(5, 4), 0, 2)).toBe(2);
  });

  it('contexts do not know the order of their items', () => {
    const both = new EntropyPenalty(
      [sequence(0, 1, 2), sequence(1, 0, 3), sequence(0, 1, 2)],
      itemLevelCodes(4),
      [2],
    );
    const expected = normalisedEntropy([2, 1]);
    expect(both.contexts(2)).toBe(1);
    expect(both.valueOf(sequence(1, 0), 0, 2)).toBeCloseTo(expected, 12);
  });

  it('orders beyond two are counted alike', () => {
    const third = new EntropyPenalty(
      [sequence(0, 1, 2, 3), sequence(2, 1, 0, 3), sequence(1, 2, 0, 1)],
      itemLevelCodes(4),
      [3],
    );
    expect(third.valueOf(sequence(1, 0, 2), 0, 3)).toBeCloseTo(normalisedEntropy([2, 1]), 12);
  });

  it('no orders give 0', () => {
    const none = new EntropyPenalty(sequences, itemLevelCodes(6), []);
    expect([none.valueOf(sequence(0), 0, 1), none.minimum, none.maximum]).toEqual([0, 0, 0]);
  });

  it('minimum and maximum are sums over orders of the table’s extremes', () => {
    expect(penalty.minimum).toBeCloseTo(0.94639 + 1, 5);
    expect(penalty.maximum).toBeCloseTo(2, 12);
  });
});

describe('entropy penalty at feature level', () => {
  const tags: FeatureColumn = {
    name: 'tag',
    size: 3,
    values: Int32Array.from([0, 1, 2, 1]),
    offsets: Int32Array.from([0, 2, 3, 4]),
  };

  it('averages over the combinations of tags', () => {
    // Item 0 has tags 0 and 1, item 1 has tag 2, item 2 has tag 1.
    const codes = featureLevelCodes([tags], 3);
    const penalty = new EntropyPenalty(
      [sequence(0, 1), sequence(0, 2), sequence(2, 1)],
      codes,
      [1],
    );
    const afterTag0 = normalisedEntropy([1, 1]);
    const afterTag1 = normalisedEntropy([2, 1]);
    expect(penalty.valueOf(sequence(0), 0, 1)).toBeCloseTo((afterTag0 + afterTag1) / 2, 12);
  });
});

describe('entropy of Coat in item order', () => {
  it.skipIf(coat === null)('has the measured contexts', async () => {
    const dataset = await coat!();
    const sequences = userSequences(dataset.train, { kind: 'index' });
    const penalty = new EntropyPenalty(sequences, itemLevelCodes(300), [1, 2]);
    const mean = (order: number) => {
      const values = penalty.values(order);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    expect([penalty.contexts(1), penalty.contexts(2)]).toEqual([299, 3139]);
    expect(mean(1)).toBeCloseTo(0.9137, 4);
    expect(mean(2)).toBeCloseTo(0.9904, 4);
    expect(Math.min(...penalty.values(1))).toBeCloseTo(0.5374, 4);
    expect(Math.min(...penalty.values(2))).toBeCloseTo(0.5307, 4);
  });
});

describe('simulated reward', () => {
  const rewards = Float32Array.from([1, 2, 3, 4]);
  const uncertainty = Float32Array.from([0.5, 0, 1, 0.25]);

  it('is R̂ − λ P_U shifted by MIN_R and never negative', () => {
    const reward = new SimulatedReward([
      new MatrixTerm('reward', rewards, 2, 1),
      new MatrixTerm('uncertainty', uncertainty, 2, -2),
    ]);
    // MIN_R = 1 − 2 · 1, MAX_R = 4 − 2 · 0.
    expect([reward.floor, reward.ceiling, reward.range]).toEqual([-1, 4, 5]);
    expect(reward.rewardOf(1, sequence(0), 0, 1)).toBe(3 - 2 + 1);
    expect(reward.rewardOf(0, sequence(1), 0, 1)).toBe(2 + 1);
  });
});
