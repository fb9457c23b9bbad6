import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bandOf, countChanges, memberBand, spreadOf } from '#renderer/lib/compare-bands.ts';
import { gridSeries } from './grid-series.ts';

interface Fixture {
  readonly seeds: readonly number[][];
  readonly buckets: readonly Record<
    'n' | 'mean' | 'std' | 'sem' | 'iqm' | 'least' | 'greatest',
    number
  >[];
}

const file = join(import.meta.dirname, '..', 'fixtures', 'compare', 'bands.json');
const { seeds, buckets } = JSON.parse(readFileSync(file, 'utf8')) as Fixture;
const series = seeds.map((means, at) => gridSeries(String(at), means));

function expectClose(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  found.forEach((value, at) => expect(value).toBeCloseTo(wanted[at] ?? Number.NaN, 9));
}

describe('the band of a group', () => {
  it('is NumPy’s mean and deviation of the seeds that are there, interval by interval', () => {
    const band = bandOf(series, 'std');
    expect(band.counts).toEqual(buckets.map(({ n }) => n));
    expectClose(
      band.centres,
      buckets.map(({ mean }) => mean),
    );
    expectClose(
      band.highs,
      buckets.map(({ mean, std }) => mean + std),
    );
    expectClose(
      bandOf(series, 'sem').lows,
      buckets.map(({ mean, sem }) => mean - sem),
    );
  });

  it('is SciPy’s trimmed mean for the interquartile mean, and the ends for the range', () => {
    expectClose(
      bandOf(series, 'iqm').centres,
      buckets.map(({ iqm }) => iqm),
    );
    const range = bandOf(series, 'range');
    expectClose(
      range.lows,
      buckets.map(({ least }) => least),
    );
    expectClose(
      range.highs,
      buckets.map(({ greatest }) => greatest),
    );
  });

  it('says where seeds end, so that a jump of the mean is no secret', () => {
    expect(countChanges(bandOf(series, 'sem'))).toEqual([
      { place: 12, count: 4 },
      { place: 33, count: 3 },
    ]);
  });

  it('averages seeds that were logged at different places, without inventing ends', () => {
    const even = gridSeries('a', [0, null, 4, null, 8]);
    const odd = gridSeries('b', [null, 12, null, 16, null]);
    const band = bandOf([even, odd], 'range');
    expect(band.places).toEqual([0, 1, 2, 3, 4]);
    expect(band.centres).toEqual([0, 7, 9, 11, 8]);
    expect(band.counts).toEqual([1, 2, 2, 2, 1]);
  });

  it('has no entry where nobody logged anything', () => {
    const sparse = [gridSeries('a', [1, null, 3]), gridSeries('b', [2, null, 4])];
    expect(bandOf(sparse, 'sem').places).toEqual([0, 2]);
  });
});

describe('a bootstrap band', () => {
  const flat = [1, 2, 3, 4, 10].map((value, at) => gridSeries(String(at), [value, value, value]));

  it('is the same for the same values, in every interval and every time', () => {
    const [first, again] = [bandOf(flat, 'bootstrap'), bandOf(flat, 'bootstrap')];
    expect(again).toEqual(first);
    expect(new Set(first.lows).size).toBe(1);
  });

  it('holds the mean and stays within the values', () => {
    const { centres, lows, highs } = bandOf(flat, 'bootstrap');
    expect(centres[0]).toBe(4);
    expect(lows[0]).toBeGreaterThanOrEqual(1);
    expect(lows[0]).toBeLessThan(4);
    expect(highs[0]).toBeGreaterThan(4);
    expect(highs[0]).toBeLessThanOrEqual(10);
  });

  it('draws within strata: when seeds of one dataset agree, only the datasets’ own spread is left', () => {
    const values = [5, 5, 5, 9, 9, 9].map((value, at) => gridSeries(String(at), [value]));
    const strata = ['a', 'a', 'a', 'b', 'b', 'b'];
    const stratified = bandOf(values, 'bootstrap', strata);
    expect([stratified.lows[0], stratified.highs[0]]).toEqual([7, 7]);
    const pooled = bandOf(values, 'bootstrap');
    expect(pooled.lows[0]).toBeLessThan(7);
  });

  it('gives one seed no width', () => {
    for (const kind of ['sem', 'std', 'bootstrap', 'iqm', 'range'] as const) {
      expect(spreadOf([3], kind)).toEqual({ centre: 3, low: 3, high: 3 });
    }
  });
});

it('shows of a single seed its own range in each interval', () => {
  expect(memberBand(gridSeries('a', [5, null, 7]))).toEqual({
    places: [0, 2],
    centres: [5, 7],
    lows: [4, 6],
    highs: [7, 9],
    counts: [1, 1],
  });
});
