import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dataset } from '#engine/data/dataset.ts';
import { importCoat } from '#engine/data/import-coat.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import {
  coatLookalike,
  namesIn,
  realData,
  refusal,
  temporaryFolder,
  writeCoat,
  writeText,
  type CoatFiles,
} from './helpers.ts';

async function importLookalike(change: (files: CoatFiles) => void, lineEnd?: '\n' | '\r\n') {
  const root = await temporaryFolder();
  const files = coatLookalike();
  change(files);
  const folder = await writeCoat(join(root, 'coat'), files, lineEnd);
  const into = join(root, 'datasets');
  return { root, folder, into, files, imported: importCoat({ folder, name: 'coat', into }) };
}

const unchanged = (): void => undefined;

describe('importing Coat in the publisher’s layout', () => {
  it('keeps every rating, propensity and feature', async () => {
    const { into, files, imported } = await importLookalike(unchanged);
    await imported;
    const dataset = await openDataset(join(into, 'coat'), { verify: true });
    const rated = (matrix: number[][]) =>
      matrix.flatMap((row, user) =>
        row.flatMap((rating, item) => (rating === 0 ? [] : [[user, item, rating]])),
      );
    const rows = (log: Dataset['train']) =>
      Array.from(log.users, (user, row) => [user, log.items[row], log.rewards[row]]);
    expect(rows(dataset.train)).toEqual(rated(files.train));
    expect(rows(dataset.test!)).toEqual(rated(files.test));
    expect(dataset.test!.propensities).toBeNull();
    dataset.train.users.forEach((user, row) => {
      const published = Math.fround(Number(files.propensities[user]![dataset.train.items[row]!]));
      expect(dataset.train.propensities![row]).toBe(published);
    });
    expect([...dataset.propensitiesUI!]).toEqual(
      files.propensities.flat().map((text) => Math.fround(Number(text))),
    );
    const onehot = files.itemFeatures.map((row) => row.slice(2, 18).indexOf(1));
    const jacket = dataset.itemFeatures.find((feature) => feature.name === 'jackettype');
    expect([...jacket!.values]).toEqual(onehot);
    expect(dataset.manifest).toMatchObject({
      kind: 'coat',
      users: 290,
      items: 300,
      interactions: 6960,
      testInteractions: 4640,
      categoryFeature: 'jackettype',
      licence: 'unstated by the publisher; citation requested',
    });
  });

  it('reads both line ends to the same content', async () => {
    const [lf, crlf] = await Promise.all([
      importLookalike(unchanged, '\n').then(({ imported }) => imported),
      importLookalike(unchanged, '\r\n').then(({ imported }) => imported),
    ]);
    expect(crlf.checksum).toBe(lf.checksum);
  });

  it('reports cells that are rated in both train and test', async () => {
    const { imported, files } = await importLookalike((changed) => {
      changed.train[3]![5] = 4;
      changed.test[3]![5] = 2;
    });
    const shared = files.train.flatMap((row, user) =>
      row.flatMap((rating, item) => (rating > 0 && files.test[user]![item]! > 0 ? [1] : [])),
    );
    const { warnings } = await imported;
    const both = warnings.find((warning) => warning.code === 'rated-in-train-and-test');
    expect(both?.count).toBe(shared.length);
    expect(both?.examples?.length).toBeGreaterThan(0);
    expect(warnings.some((warning) => warning.code === 'train-and-test-disagree')).toBe(true);
  });

  it.each<[string, (files: CoatFiles) => void, string]>([
    ['a rating of 6', (files) => (files.train[6]![2] = 6), 'train.ascii:7'],
    ['a negative rating', (files) => (files.test[0]![0] = -1), 'test.ascii:1'],
    ['a fraction', (files) => (files.train[0]![1] = 2.5), 'train.ascii:1'],
    ['NaN', (files) => (files.train[9]![1] = NaN), 'train.ascii:10'],
    ['a short line', (files) => files.train[4]!.pop(), 'train.ascii:5'],
    ['a long line', (files) => files.test[4]!.push(0), 'test.ascii:5'],
    ['a missing line', (files) => files.train.pop(), 'train.ascii'],
    ['a line too many', (files) => files.test.push(files.test[0]!), 'test.ascii'],
    ['a propensity of 0', (files) => (files.propensities[1]![0] = '0'), 'propensities.ascii:2'],
    [
      'an infinite propensity',
      (files) => (files.propensities[1]![0] = 'inf'),
      'propensities.ascii:2',
    ],
    [
      'a propensity above 1',
      (files) => (files.propensities[1]![0] = '1.5'),
      'propensities.ascii:2',
    ],
    [
      'two ones in a group',
      (files) => files.itemFeatures[2]!.fill(1, 0, 2),
      'item_features.ascii:3',
    ],
    ['no one in a group', (files) => files.userFeatures[2]!.fill(0, 2, 8), 'user_features.ascii:3'],
  ])('refuses %s, naming file and line, and keeps nothing', async (_, change, where) => {
    const { imported, into } = await importLookalike(change);
    const error = await refusal(imported, 'invalid-input');
    expect(error.where?.endsWith(where)).toBe(true);
    expect(error.hint).toBeTruthy();
    expect(await namesIn(into)).toEqual([]);
  });

  it('refuses what is no plain text, what is empty, and what is not there', async () => {
    const { folder, into, imported } = await importLookalike(unchanged);
    await imported;
    const again = () => importCoat({ folder, name: 'again', into });
    const original = await readFile(join(folder, 'train.ascii'));
    await writeText(
      join(folder, 'train.ascii'),
      Buffer.concat([Buffer.from([0xff, 0xfe]), original]),
    );
    expect((await refusal(again(), 'invalid-input')).where).toMatch(/train\.ascii:1$/);
    await writeText(join(folder, 'train.ascii'), '');
    expect((await refusal(again(), 'invalid-input')).message).toContain('empty');
    await refusal(importCoat({ folder: join(folder, 'nowhere'), name: 'x', into }), 'not-found');
  });

  it('goes without propensities and features, and says so', async () => {
    const root = await temporaryFolder();
    const files = coatLookalike();
    const text = (rows: number[][]) => rows.map((row) => `${row.join(' ')}\n`).join('');
    await writeText(join(root, 'bare', 'train.ascii'), text(files.train));
    await writeText(join(root, 'bare', 'test.ascii'), text(files.test));
    const manifest = await importCoat({
      folder: join(root, 'bare'),
      name: 'bare',
      into: join(root, 'datasets'),
    });
    expect(manifest.hasPropensities).toBe(false);
    expect(manifest.itemFeatures).toEqual([]);
    expect(manifest.warnings.map((warning) => warning.code)).toEqual(
      expect.arrayContaining(['no-propensities', 'no-user-features', 'no-item-features']),
    );
  });

  it('takes a supplied ground truth, given or beside the files', async () => {
    const { root, folder, into, imported } = await importLookalike(unchanged);
    await imported;
    const row = (user: number) => Array.from({ length: 300 }, (_, item) => 1 + ((user + item) % 5));
    const matrix = Array.from({ length: 290 }, (_, user) => row(user));
    const text = matrix.map((values) => values.join(' ')).join('\n');
    const given = await writeText(join(root, 'truth.txt'), text);
    const manifest = await importCoat({ folder, groundTruth: given, name: 'given', into });
    expect(manifest.groundTruth).toBe('supplied');
    const dataset = await openDataset(join(into, 'given'));
    expect([...dataset.groundTruth!.rewardsUI]).toEqual(matrix.flat());
    await writeText(join(folder, 'coat_pseudoGT_ratingM.ascii'), text);
    const found = await importCoat({ folder, name: 'found', into });
    expect(found.groundTruth).toBe('supplied');
    expect(found.checksum).toBe(manifest.checksum);
    const bad = await writeText(join(root, 'bad.txt'), text.replace('1 2 3', '1 7 3'));
    await refusal(importCoat({ folder, groundTruth: bad, name: 'bad', into }), 'invalid-input');
  });

  it('rebuilds a missing ground truth, names it so, and rebuilds it alike', async () => {
    const { folder, into, imported } = await importLookalike(unchanged);
    const manifest = await imported;
    expect(manifest.groundTruth).toBe('rebuilt');
    expect(manifest.warnings.some((warning) => warning.code === 'ground-truth-rebuilt')).toBe(true);
    const { rewardsUI } = (await openDataset(join(into, 'coat'))).groundTruth!;
    expect(rewardsUI.every((rating) => [1, 2, 3, 4, 5].includes(rating))).toBe(true);
    const again = await importCoat({ folder, name: 'again', into });
    expect(again.checksum).toBe(manifest.checksum);
  });

  it('stops when asked to and keeps nothing', async () => {
    const { folder, into, imported } = await importLookalike(unchanged);
    await imported;
    for (const stage of ['read', 'write']) {
      const controller = new AbortController();
      const work = importCoat({
        folder,
        name: 'stopped',
        into,
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.stage === stage) controller.abort();
        },
      });
      await refusal(work, 'cancelled');
      expect(await namesIn(into)).toEqual(['coat']);
    }
  });
});

const real = realData('coat');
const truth = realData('sofa_coat/coat_pseudoGT_ratingM.ascii');

describe.skipIf(real === null || truth === null)('the real Coat (skipped without the data)', () => {
  it('has the published counts', async () => {
    const into = await temporaryFolder();
    const manifest = await importCoat({ folder: real!, groundTruth: truth!, name: 'coat', into });
    expect(manifest.interactions).toBe(6960);
    expect(manifest.testInteractions).toBe(4640);
    expect(manifest.reward.mean).toBeCloseTo(2.6115, 4);
    expect(manifest.groundTruth).toBe('supplied');
    const shared = manifest.warnings.find((warning) => warning.code === 'rated-in-train-and-test');
    expect(shared?.count).toBe(366);
    expect(manifest.warnings.some((w) => w.code === 'train-and-test-disagree')).toBe(false);
    const dataset = await openDataset(join(into, 'coat'), { verify: true });
    const histogram = (values: Float32Array) =>
      [1, 2, 3, 4, 5].map((rating) => values.filter((value) => value === rating).length);
    expect(histogram(dataset.train.rewards)).toEqual([1901, 1437, 1717, 1275, 630]);
    expect(histogram(dataset.test!.rewards)).toEqual([1879, 899, 1002, 641, 219]);
    expect(histogram(dataset.groundTruth!.rewardsUI)).toEqual([12006, 47238, 23287, 4353, 116]);
    const counts = (ids: Int32Array, size: number) =>
      Array.from({ length: size }, (_, id) => ids.filter((other) => other === id).length);
    expect(new Set(counts(dataset.train.users, 290))).toEqual(new Set([24]));
    expect(new Set(counts(dataset.test!.users, 290))).toEqual(new Set([16]));
    const perItem = counts(dataset.train.items, 300);
    expect([Math.min(...perItem), Math.max(...perItem)]).toEqual([5, 88]);
    const sum = dataset.propensitiesUI!.reduce((total, value) => total + value, 0);
    expect(sum).toBeCloseTo(6961.6135, 2);
    const inverse = dataset.train.propensities!.reduce((total, value) => total + 1 / value, 0);
    expect(inverse).toBeCloseTo(90485.57, 0);
    const feature = (name: string) => dataset.itemFeatures.find((one) => one.name === name)!;
    expect(dataset.itemFeatures.map((one) => one.size)).toEqual([2, 16, 13, 2]);
    expect(dataset.userFeatures.map((one) => one.size)).toEqual([2, 6, 3, 3]);
    expect(counts(feature('jackettype').values, 16)).toEqual([
      16, 7, 15, 22, 40, 5, 41, 14, 26, 6, 23, 21, 7, 11, 28, 18,
    ]);
    expect(counts(feature('colour').values, 13)).toEqual([
      18, 69, 31, 24, 34, 19, 9, 9, 8, 48, 8, 8, 15,
    ]);
    expect(counts(feature('gender').values, 2)).toEqual([150, 150]);
    expect(counts(feature('onfrontpage').values, 2)[0]).toBe(16);
    expect(feature('jackettype').labels?.[0]).toBe('bomber');
  });

  it('is the same content with the other line ends', async () => {
    const root = await temporaryFolder();
    const copy = join(root, 'copy');
    const files = [
      'train.ascii',
      'test.ascii',
      'propensities.ascii',
      'user_item_features/user_features.ascii',
      'user_item_features/item_features.ascii',
    ];
    for (const file of files) {
      const text = await readFile(join(real!, file), 'latin1');
      const other = text.includes('\r') ? text.replaceAll('\r', '') : text.replaceAll('\n', '\r\n');
      await writeText(join(copy, file), other);
    }
    const options = { groundTruth: truth!, into: root };
    const original = await importCoat({ ...options, folder: real!, name: 'original' });
    const changed = await importCoat({ ...options, folder: copy, name: 'changed' });
    expect(changed.checksum).toBe(original.checksum);
  });

  it('gets a rebuilt ground truth that resembles the supplied one', async () => {
    const into = await temporaryFolder();
    await importCoat({ folder: real!, name: 'rebuilt', into });
    await importCoat({ folder: real!, groundTruth: truth!, name: 'supplied', into });
    const [rebuilt, supplied] = await Promise.all(
      ['rebuilt', 'supplied'].map((name) => openDataset(join(into, name))),
    );
    const itemMeans = (dataset: Dataset) =>
      Array.from({ length: 300 }, (_, item) => {
        let sum = 0;
        for (let user = 0; user < 290; user += 1) {
          sum += dataset.groundTruth!.rewardsUI[user * 300 + item]!;
        }
        return sum / 290;
      });
    expect(correlation(itemMeans(rebuilt!), itemMeans(supplied!))).toBeGreaterThan(0.95);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((x, y) => x + y, 0) / values.length;
  const covariance = (x: readonly number[], y: readonly number[]) =>
    mean(x.map((value, index) => (value - mean(x)) * (y[index]! - mean(y))));
  return covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));
}
