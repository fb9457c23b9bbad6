import { describe, expect, it } from 'vitest';
import type { FeatureColumn, GroundTruth } from '../../../src-main/engine/data/dataset.ts';
import {
  CategoryExitRule,
  cleanWindowStart,
  DistanceExitRule,
  itemDistances,
  paperWindowStart,
} from '../../../src-main/engine/environments/exit-rule.ts';

/** Windows of the published code for t = 1, 2, … as [first, last] turns, from the table of effective windows. */
const publishedWindows: Record<number, [number, number][]> = {
  1: [
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
    [5, 5],
    [6, 6],
    [7, 7],
    [8, 8],
    [9, 9],
  ],
  4: [
    [0, 0],
    [0, 1],
    [2, 2],
    [0, 3],
    [1, 4],
    [2, 5],
    [3, 6],
    [4, 7],
    [5, 8],
    [6, 9],
  ],
  7: [
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 3],
    [3, 4],
    [5, 5],
    [0, 6],
    [1, 7],
    [2, 8],
    [3, 9],
  ],
  9: [
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 4],
    [3, 5],
    [5, 6],
    [7, 7],
    [0, 8],
    [1, 9],
  ],
  10: [
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 3],
    [0, 4],
    [2, 5],
    [4, 6],
    [6, 7],
    [8, 8],
    [0, 9],
  ],
};

function column(tagsOfItems: number[][]): FeatureColumn {
  const offsets = new Int32Array(tagsOfItems.length + 1);
  for (const [item, tags] of tagsOfItems.entries())
    offsets[item + 1] = offsets[item]! + tags.length;
  const values = Int32Array.from(tagsOfItems.flat());
  return { name: 'tag', size: Math.max(...values) + 1, values, offsets };
}

describe('exit windows', () => {
  for (const [length, windows] of Object.entries(publishedWindows)) {
    it(`paper window of N = ${length} is the published one`, () => {
      const starts = windows.map((_, index) => paperWindowStart(index + 1, Number(length)));
      expect(starts).toEqual(windows.map(([first]) => first));
      // The published code slices a Python list; JavaScript's slice counts negative starts alike.
      for (const [index] of windows.entries()) {
        const history = Array.from({ length: index + 1 }, (_, turn) => turn);
        const sliced = history.slice(index + 1 - Number(length));
        const start = index + 1 - Number(length);
        expect(sliced[0]).toBe(
          start < 0 ? (history.at(start) ?? 0) : paperWindowStart(index + 1, Number(length)),
        );
      }
    });
  }

  it('clean windows are cut off at the start', () => {
    expect([1, 2, 3, 4, 5].map((turn) => cleanWindowStart(turn, 4))).toEqual([0, 0, 0, 0, 1]);
  });
});

describe('category rule', () => {
  const tags = column([[0], [0, 1], [1], [2]]);
  const history = Int32Array.from([0, 2, 3, 0, 0, 0]);

  it('never fires at turn 0', () => {
    const rule = new CategoryExitRule(tags, { windowLength: 4, threshold: 0, window: 'clean' });
    expect(rule.leaves(history, 0, 0, 0)).toBe(false);
  });

  it('leaves when any tag is shared with any item of the window (M = 0)', () => {
    const rule = new CategoryExitRule(tags, { windowLength: 4, threshold: 0, window: 'clean' });
    expect(rule.leaves(history, 0, 2, 1)).toBe(true);
    expect(rule.leaves(history, 0, 2, 3)).toBe(false);
  });

  it('the paper window of N = 4 sees only turn 2 at t = 3', () => {
    const paper = new CategoryExitRule(tags, { windowLength: 4, threshold: 0, window: 'paper' });
    const clean = new CategoryExitRule(tags, { windowLength: 4, threshold: 0, window: 'clean' });
    expect(paper.leaves(history, 0, 3, 0)).toBe(false);
    expect(paper.leaves(history, 0, 3, 3)).toBe(true);
    expect(clean.leaves(history, 0, 3, 0)).toBe(true);
  });

  it('M > 0 tolerates that many shared tags', () => {
    const rule = new CategoryExitRule(tags, { windowLength: 6, threshold: 2, window: 'clean' });
    expect(rule.leaves(history, 0, 5, 0)).toBe(true);
    expect(rule.leaves(history, 0, 4, 0)).toBe(false);
  });
});

describe('distance rule', () => {
  const truth: GroundTruth = {
    users: 2,
    items: 3,
    rewardsUI: Float32Array.from([1, 4, 1, 1, 5, 1]),
  };

  it('distances are Euclidean over users', () => {
    expect(Array.from(itemDistances(truth))).toEqual([0, 5, 0, 5, 0, 5, 0, 5, 0]);
  });

  it('threshold 0 never fires, not even for the same item', () => {
    const rule = new DistanceExitRule(truth, { windowLength: 1, threshold: 0, window: 'paper' });
    expect(rule.leaves(Int32Array.from([0, 0]), 0, 1, 0)).toBe(false);
  });

  it('fires strictly below the threshold', () => {
    const history = Int32Array.from([0, 0]);
    const below = new DistanceExitRule(truth, {
      windowLength: 1,
      threshold: 5.01,
      window: 'paper',
    });
    const equal = new DistanceExitRule(truth, { windowLength: 1, threshold: 5, window: 'paper' });
    expect(below.leaves(history, 0, 1, 1)).toBe(true);
    expect(equal.leaves(history, 0, 1, 1)).toBe(false);
  });
});
