import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '#engine/data/dataset.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import { syntheticPresets } from '#engine/data/synthetic-options.ts';
import { makeSyntheticWorld } from '#engine/data/synthetic-world.ts';
import { namesIn, refusal, temporaryFolder } from './helpers.ts';

async function makeAndOpen(
  settings: Partial<Parameters<typeof makeSyntheticWorld>[0]>,
): Promise<Dataset> {
  const into = await temporaryFolder();
  await makeSyntheticWorld({ name: 'world', into, ...settings });
  return openDataset(join(into, 'world'), { verify: true });
}

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

function truthOfRows(dataset: Dataset, log: Dataset['train']): Float64Array {
  const { rewardsUI, items } = dataset.groundTruth!;
  return Float64Array.from(log.users, (user, row) => rewardsUI[user * items + log.items[row]!]!);
}

/** Items by training rows, most first, and the mean reward of the log and of the truth for each. */
function itemTable(dataset: Dataset) {
  const { users, items, rewardsUI } = dataset.groundTruth!;
  const table = Array.from({ length: items }, (_, item) => ({ item, rows: 0, sum: 0, truth: 0 }));
  dataset.train.items.forEach((item, row) => {
    table[item]!.rows += 1;
    table[item]!.sum += dataset.train.rewards[row]!;
  });
  rewardsUI.forEach((reward, cell) => (table[cell % items]!.truth += reward / users));
  return table.sort((a, b) => b.rows - a.rows);
}

describe('a synthetic world', () => {
  it('is the same bytes for a seed and others for another', async () => {
    const into = await temporaryFolder();
    const first = await makeSyntheticWorld({ name: 'a', into, preset: 'demo', seed: 7 });
    const second = await makeSyntheticWorld({ name: 'b', into, preset: 'demo', seed: 7 });
    const other = await makeSyntheticWorld({ name: 'c', into, preset: 'demo', seed: 8 });
    expect(second.checksum).toBe(first.checksum);
    expect(other.checksum).not.toBe(first.checksum);
  });

  it('has the asked size, scale and categories, some items with two', async () => {
    const dataset = await makeAndOpen({
      users: 40,
      items: 70,
      categories: 5,
      rewardMin: -1,
      rewardMax: 2,
      testInteractionsPerUser: 3,
    });
    expect([dataset.users, dataset.items, dataset.test!.users.length]).toEqual([40, 70, 120]);
    for (const rewards of [dataset.groundTruth!.rewardsUI, dataset.train.rewards]) {
      expect(Math.min(...rewards)).toBeGreaterThanOrEqual(-1);
      expect(Math.max(...rewards)).toBeLessThanOrEqual(2);
    }
    const [category] = dataset.itemFeatures;
    expect(dataset.manifest.categoryFeature).toBe('category');
    expect(new Set(category!.values).size).toBe(5);
    const tags = Array.from(
      { length: 70 },
      (_, item) => category!.offsets[item + 1]! - category!.offsets[item]!,
    );
    expect(new Set(tags)).toEqual(new Set([1, 2]));
  });

  it('logs no pair twice, in the order of time, with rows near the asked number', async () => {
    const dataset = await makeAndOpen({ preset: 'demo' });
    const pairs = Array.from(
      dataset.train.users,
      (user, row) => `${user},${dataset.train.items[row]}`,
    );
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(dataset.train.times!.every((time, row, all) => row === 0 || time >= all[row - 1]!)).toBe(
      true,
    );
    expect(pairs.length / 200).toBeGreaterThan(21);
    expect(pairs.length / 200).toBeLessThan(27);
  });

  it('draws rewards whose mean is the true one', async () => {
    const dataset = await makeAndOpen({
      users: 300,
      items: 200,
      testInteractionsPerUser: 100,
      noise: 0.3,
    });
    const noise = truthOfRows(dataset, dataset.test!).map(
      (truth, row) => dataset.test!.rewards[row]! - truth,
    );
    expect(Math.abs(mean(noise))).toBeLessThan(0.03);
    expect(Math.sqrt(mean(noise.map((value) => value * value)))).toBeGreaterThan(1);
  });

  it('has propensities that undo the exposure', async () => {
    const dataset = await makeAndOpen({ preset: 'demo', users: 400, exposureBias: 0.4 });
    const { propensitiesUI, train, users, items, groundTruth } = dataset;
    const expected = propensitiesUI!.reduce((sum, value) => sum + value, 0);
    expect(train.users.length / expected).toBeGreaterThan(0.95);
    expect(train.users.length / expected).toBeLessThan(1.05);
    train.users.forEach((user, row) => {
      expect(train.propensities![row]).toBe(propensitiesUI![user * items + train.items[row]!]);
    });
    const truth = truthOfRows(dataset, train);
    const weighted = truth.reduce((sum, value, row) => sum + value / train.propensities![row]!, 0);
    const world = mean(groundTruth!.rewardsUI);
    expect(Math.abs(weighted / (users * items) - world)).toBeLessThan(
      Math.abs(mean(truth) - world),
    );
  });

  it('exposes all items alike without bias and few of them with', async () => {
    const share = async (exposureBias: number): Promise<number> => {
      const table = itemTable(await makeAndOpen({ preset: 'demo', exposureBias }));
      const rows = (part: typeof table) => part.reduce((sum, entry) => sum + entry.rows, 0);
      return rows(table.slice(0, 30)) / rows(table);
    };
    expect(await share(0)).toBeLessThan(0.3);
    expect(await share(1)).toBeGreaterThan(0.55);
  });

  it('misleads a naive reader of the log where the bias is strong', async () => {
    const dataset = await makeAndOpen({ preset: 'biased' });
    const table = itemTable(dataset).filter((entry) => entry.rows > 0);
    const tail = table.slice(-Math.floor(table.length / 2));
    const overestimate = mean(tail.map((entry) => entry.sum / entry.rows - entry.truth));
    const { rewardMin, rewardMax } = syntheticPresets.biased;
    expect(overestimate).toBeGreaterThan(0.075 * (rewardMax - rewardMin));
    const best = (score: (entry: (typeof table)[number]) => number) =>
      [...table]
        .sort((a, b) => score(b) - score(a))
        .slice(0, 30)
        .reduce((sum, entry) => sum + entry.truth, 0);
    expect(best((entry) => entry.sum / entry.rows)).toBeLessThan(
      0.9 * best((entry) => entry.truth),
    );
  });

  it('feeds back: what was clicked is exposed more', async () => {
    const concentration = async (feedbackLoop: number): Promise<number> => {
      const table = itemTable(
        await makeAndOpen({
          preset: 'demo',
          popularityBias: 0,
          selfSelection: 0,
          feedbackLoop,
          exposureBias: 1,
        }),
      );
      return (
        mean(table.slice(0, 20).map((entry) => entry.rows)) / mean(table.map((entry) => entry.rows))
      );
    };
    expect(await concentration(1)).toBeGreaterThan(1.3 * (await concentration(0)));
  });

  it('refuses settings that make no world', async () => {
    const into = await temporaryFolder();
    const make = (settings: object) => makeSyntheticWorld({ name: 'w', into, ...settings });
    expect((await refusal(make({ users: 0 }), 'invalid-input')).where).toBe('users');
    expect((await refusal(make({ exposureBias: 2 }), 'invalid-input')).where).toBe('exposureBias');
    await refusal(make({ rewardMin: 5, rewardMax: 1 }), 'invalid-input');
    await refusal(make({ users: 1_000_000, items: 1_000_000 }), 'invalid-input');
    await refusal(make({ noise: NaN }), 'invalid-input');
    expect((await refusal(make({ colour: 'red' }), 'invalid-input')).message).toContain('colour');
    await refusal(makeSyntheticWorld({ name: '../w', into }), 'invalid-input');
    expect(await namesIn(into)).toEqual([]);
  });
});
