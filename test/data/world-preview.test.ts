import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSyntheticOptions, syntheticPresets } from '#engine/data/synthetic-options.ts';
import { previewWorld } from '#engine/data/synthetic-preview.ts';

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

describe('the picture of a synthetic world', () => {
  it('is the same for the same settings, and another for another seed', () => {
    const options = parseSyntheticOptions(syntheticPresets.biased);
    expect(previewWorld(options)).toEqual(previewWorld(options));
    expect(previewWorld({ ...options, seed: 1 })).not.toEqual(previewWorld(options));
  });

  it('shows the bias of the biased world, and none without exposure bias', () => {
    const options = parseSyntheticOptions(syntheticPresets.biased);
    const biased = previewWorld(options);
    const even = previewWorld({ ...options, exposureBias: 0, noise: 0 });
    expect(biased.naiveMean - biased.trueMean).toBeGreaterThan(0.1);
    expect(Math.abs(even.naiveMean - even.trueMean)).toBeLessThan(0.02);
    expect(biased.exposureGini).toBeGreaterThan(even.exposureGini + 0.3);
    expect(biased.unseenShare).toBeGreaterThan(even.unseenShare);
  });

  it('ends for a noise that is hardly one', () => {
    const preview = previewWorld(parseSyntheticOptions({ noise: 1e-200 }));
    expect(preview.interactions).toBeGreaterThan(0);
  });

  it('stays small for the largest world', () => {
    const options = parseSyntheticOptions({
      users: 100_000,
      items: 5000,
      rounds: 1000,
      categories: 1000,
      factors: 64,
      interactionsPerUser: 5000,
    });
    const preview = previewWorld(options);
    expect(preview.users * preview.items).toBeLessThan(50_000);
    expect(preview.curve).toHaveLength(preview.items);
  });

  it('is consistent in itself for any settings', () => {
    fc.assert(
      fc.property(
        fc.record({
          users: fc.integer({ min: 2, max: 60 }),
          items: fc.integer({ min: 2, max: 60 }),
          categories: fc.integer({ min: 1, max: 8 }),
          exposureBias: fc.double({ min: 0, max: 1, noNaN: true }),
          popularityBias: fc.double({ min: 0, max: 4, noNaN: true }),
          noise: fc.double({ min: 0, max: 0.5, noNaN: true }),
          interactionsPerUser: fc.integer({ min: 1, max: 60 }),
          seed: fc.integer({ min: 0, max: 1000 }),
        }),
        (settings) => {
          const options = parseSyntheticOptions({ ...settings, testInteractionsPerUser: 0 });
          const preview = previewWorld(options);
          const rows = preview.curve.map((item) => item.rows);
          expect(sum(rows)).toBe(preview.interactions);
          expect(rows).toEqual(rows.toSorted((a, b) => b - a));
          expect(sum(preview.rewards.map((bin) => bin.true))).toBeCloseTo(1, 6);
          expect(preview.exposureGini).toBeGreaterThanOrEqual(-1e-9);
          expect(preview.exposureGini).toBeLessThan(1);
          const { rewardMin, rewardMax } = options;
          for (const mean of [preview.trueMean, ...preview.curve.map((item) => item.trueMean)]) {
            expect(mean).toBeGreaterThanOrEqual(rewardMin);
            expect(mean).toBeLessThanOrEqual(rewardMax);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
