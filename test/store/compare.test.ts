import { describe, expect, it } from 'vitest';
import { createCompare, gridOver, type CurvesQuery } from '#core/compare.ts';
import type { CoreContext } from '#core/context.ts';
import type { Store } from '#store/store.ts';
import { batchOf, exampleRun, runId, storeWithRun } from './support/stores.ts';

const other = 'fedcba9876543210';
const metric = 'eval/rTra';
const plain = { axis: 'step', buckets: 8, ranges: false } as const;

/** Only the store is looked at. */
const compareOn = (store: Store) => createCompare({ store } as CoreContext);

function twoRuns(lengths: readonly [number, number], firstStep = 1): Store {
  const store = storeWithRun();
  store.write.runs.insert(exampleRun(other, { specHash: 'e'.repeat(64) }));
  store.write.segments.begin(other, null, 0);
  for (const [at, run] of [runId, other].entries()) {
    const points = Array.from({ length: lengths[at] ?? 0 }, (_, step) => {
      return [metric, firstStep + step, 100 * at + step] as const;
    });
    if (points.length > 0) store.write.series.append(run, 1, batchOf(points, 0));
  }
  return store;
}

const both = [runId, other].map((run) => ({ run, metric }));

describe('a grid', () => {
  it('has at most as many intervals as asked for, and covers both ends', () => {
    for (const [low, high, most] of [
      [0, 100_000, 600],
      [1, 200, 512],
      [-3.5, 1e-3, 7],
      [1e9, 1e9 + 3, 2],
    ] as const) {
      const { from, width, buckets } = gridOver(low, high, most);
      expect(buckets).toBe(most);
      expect(from).toBeLessThanOrEqual(low);
      expect(from + width * buckets).toBeGreaterThan(high);
      expect(Number.isInteger(Math.log2(width))).toBe(true);
      // Another power of two down, the ends would not fit.
      expect(Math.floor(high / (width / 2)) - Math.floor(low / (width / 2))).toBeGreaterThanOrEqual(
        most,
      );
    }
  });

  it('stays while a series grows into its spare intervals', () => {
    expect(gridOver(1, 1100, 512)).toEqual(gridOver(1, 1900, 512));
  });

  it('is one interval where all points lie in one place', () => {
    expect(gridOver(7, 7, 100)).toEqual({ from: 7, width: 0, buckets: 1 });
  });
});

describe('curves of several runs', () => {
  it('are condensed to the same intervals, each mean that of the points in it', () => {
    const compare = compareOn(twoRuns([20, 11]));
    const { grid, series } = compare.curves({ of: both, ...plain });
    expect(grid).toEqual({ from: 0, width: 4, buckets: 8 });
    // Steps 1 to 3, 4 to 7, … hold the values 0 to 2, 3 to 6, …
    expect(series.map(({ means }) => [...means])).toEqual([
      [1, 4.5, 8.5, 12.5, 16.5, 19],
      [101, 104.5, 108.5],
    ]);
    expect([...(series[1]?.places ?? [])]).toEqual([2, 5.5, 9.5]);
    expect(series.map(({ total, first, last }) => [total, first, last])).toEqual([
      [20, 1, 20],
      [11, 1, 11],
    ]);
    expect(series[0]?.mins).toHaveLength(0);
  });

  it('are the same from headers of chunks as from points', () => {
    // From step 0 on, so that no part of a chunk reaches beyond the end of an interval.
    const store = twoRuns([5000, 3], 0);
    const [points] = store.read.series.points(runId, metric) ?? [];
    const { grid, series } = compareOn(store).curves({ of: both, ...plain, ranges: true });
    const wanted = Array.from({ length: grid.buckets }, (_, at) => {
      const low = grid.from + at * grid.width;
      return [...(points?.values ?? [])].filter((_value, row) => {
        const step = points?.steps[row] ?? 0;
        return step >= low && step < low + grid.width;
      });
    }).filter((values) => values.length > 0);
    const [first] = series;
    expect(first?.means).toHaveLength(wanted.length);
    wanted.forEach((values, at) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(first?.means[at]).toBeCloseTo(mean, 9);
      expect(first?.mins[at]).toBe(Math.min(...values));
      expect(first?.maxs[at]).toBe(Math.max(...values));
    });
  });

  it('fill every interval, in order, when parts of chunks reach beyond ends of intervals', () => {
    const { grid, series } = compareOn(twoRuns([5000, 3])).curves({
      of: both,
      ...plain,
      buckets: 100,
    });
    const [first] = series;
    expect(first?.means).toHaveLength(Math.ceil(5001 / grid.width));
    first?.means.forEach((mean, at) => {
      const middle = grid.from + (at + 0.5) * grid.width;
      // Values are steps less one; half a part of a chunk is 16 points.
      expect(Math.abs(mean + 1 - Math.min(middle, 5000))).toBeLessThanOrEqual(grid.width / 2 + 16);
    });
  });

  it('can be of a part, and on the grid of an earlier answer', () => {
    const compare = compareOn(twoRuns([64, 64]));
    const part = compare.curves({ of: both, ...plain, part: { from: 17, to: 24 } });
    expect(part.grid).toEqual({ from: 17, width: 1, buckets: 8 });
    expect([...(part.series[0]?.means ?? [])]).toEqual([16, 17, 18, 19, 20, 21, 22, 23]);
    const again = compare.curves({ of: both.slice(1), ...plain, grid: part.grid });
    expect(again.grid).toEqual(part.grid);
    expect(again.series).toEqual(part.series.slice(1));
  });

  it('are empty for a run that has not logged the metric', () => {
    const query: CurvesQuery = { of: both, ...plain };
    const { series } = compareOn(twoRuns([3, 0])).curves(query);
    expect(series[1]).toMatchObject({ run: other, total: 0, first: Number.NaN });
    expect(series[1]?.means).toHaveLength(0);
    expect(compareOn(twoRuns([0, 0])).curves(query).grid.buckets).toBe(1);
  });
});

it('names the metrics of all runs, and summarises those that are asked for', () => {
  const store = twoRuns([3, 2]);
  store.write.series.append(other, 1, batchOf([['final/rTra', 2, 9]], 2));
  const compare = compareOn(store);
  expect(compare.metrics([runId, other])).toEqual([
    { metric, runs: 2, points: 3, direction: 'max' },
    { metric: 'final/rTra', runs: 1, points: 1, direction: 'max' },
  ]);
  const [first, second] = compare.summaries([runId, other], ['final/rTra', metric]);
  expect(first?.metrics.map((each) => [each.metric, each.mean])).toEqual([[metric, 1]]);
  expect(second?.metrics.map(({ last }) => last)).toEqual([9, 101]);
});
