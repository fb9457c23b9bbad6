import { describe, expect, it } from 'vitest';
import type { Dataset } from '#engine/data/dataset.ts';
import { calibrationBins } from '#engine/evaluation/calibration.ts';
import { recommendationShares } from '#engine/evaluation/diagnostics.ts';
import { MatrixTerm, meanTerms } from '#engine/rewards/simulated-reward.ts';

const [users, items] = [20, 50];

/** A dataset whose item `i` has i training rows and whose true reward is 1 for even users, 3 for odd ones. */
function worldOf(): Dataset {
  const rows = Array.from({ length: items }, (_, item) => Array<number>(item).fill(item)).flat();
  const rewardsUI = Float32Array.from({ length: users * items }, (_, pair) =>
    Math.floor(pair / items) % 2 === 0 ? 1 : 3,
  );
  return {
    users,
    items,
    train: { items: Int32Array.from(rows), rewards: new Float32Array(rows.length).fill(1) },
    groundTruth: { users, items, rewardsUI },
  } as unknown as Dataset;
}

const valuesOf = (bins: ReturnType<typeof calibrationBins>, metric: string): number[] =>
  bins.filter((each) => each.metric === metric).map(({ value }) => value);

describe('tenths of a reward model', () => {
  it('lie on the diagonal for the truth itself, and above it for one that promises too much', () => {
    const dataset = worldOf();
    const truth = dataset.groundTruth!.rewardsUI;
    const uncertaintyUI = Float32Array.from(truth, (_, pair) => pair);
    const right = calibrationBins(dataset, { rewardsUI: truth, uncertaintyUI });
    expect(valuesOf(right, 'calibration/predicted')).toEqual([1, 3]);
    expect(valuesOf(right, 'calibration/true')).toEqual([1, 3]);
    const high = calibrationBins(dataset, {
      rewardsUI: truth.map((value) => value + 0.5),
      uncertaintyUI,
    });
    expect(valuesOf(high, 'calibration/predicted')).toEqual([1.5, 3.5]);
    expect(valuesOf(high, 'residual/byExposure')).toEqual(Array(10).fill(0.5));
  });

  it('tell errors by exposure from the rarest items, and by uncertainty from the surest pairs', () => {
    const dataset = worldOf();
    const truth = dataset.groundTruth!.rewardsUI;
    // The error of item i is i: five items a tenth, with means 2, 7, 12 and so on.
    const rewardsUI = truth.map((value, pair) => value + (pair % items));
    const uncertaintyUI = truth.map((_, pair) => pair % items);
    const bins = calibrationBins(dataset, { rewardsUI, uncertaintyUI });
    const expected = Array.from({ length: 10 }, (_, tenth) => tenth * 5 + 2);
    valuesOf(bins, 'residual/byExposure').forEach((value, tenth) => {
      expect(value).toBeCloseTo(expected[tenth] ?? 0, 4);
    });
    valuesOf(bins, 'residual/byUncertainty').forEach((value, tenth) => {
      expect(value).toBeCloseTo(expected[tenth] ?? 0, 4);
    });
  });
});

describe('what a policy recommends', () => {
  const log = {
    maxLength: 3,
    users: Int32Array.of(0, 1),
    lengths: Int32Array.of(3, 1),
    // The first item is of the rarest quarter, the last two of the most exposed; 7 lies past the end.
    itemsET: Int32Array.of(0, 49, 48, 49, 7, 7),
    rewardsET: new Float32Array(6),
  };

  it('is told by quarters of exposure and by category', () => {
    const tags = {
      name: 'category',
      size: 2,
      values: Int32Array.from({ length: items }, (_, item) => item % 2),
      offsets: Int32Array.from({ length: items + 1 }, (_, item) => item),
    } as never;
    const shares = recommendationShares(worldOf(), tags, log);
    expect(shares).toEqual({
      'exposureShare/q1': 0.25,
      'exposureShare/q2': 0,
      'exposureShare/q3': 0,
      'exposureShare/q4': 0.75,
      'categoryShare/0': 0.5,
      'categoryShare/1': 0.5,
    });
  });

  it('is rewarded by terms whose means are told one by one', () => {
    const ones = new Float32Array(users * items).fill(1);
    const byItem = ones.map((_, pair) => pair % items);
    const terms = [
      new MatrixTerm('reward', byItem, items, 1),
      new MatrixTerm('uncertainty', ones, items, -0.25),
    ];
    expect(meanTerms(terms, log)).toEqual({ reward: (0 + 49 + 48 + 49) / 4, uncertainty: -0.25 });
  });
});
