import { spawnSync } from 'node:child_process';
import {
  copyFile,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetFolder, listDatasets, removeDataset } from '#engine/data/catalogue.ts';
import { importDataset } from '#engine/data/import-dataset.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import { datasetStatistics } from '#engine/data/statistics.ts';
import { syntheticPresets } from '#engine/data/synthetic-options.ts';
import { makeSyntheticWorld } from '#engine/data/synthetic-world.ts';
import { namesIn, refusal, temporaryFolder } from './helpers.ts';

const small = { users: 20, items: 15, interactionsPerUser: 5, testInteractionsPerUser: 2 };

async function makeSmall(name = 'small') {
  const root = await temporaryFolder();
  const manifest = await makeSyntheticWorld({ name, into: root, ...small });
  return { root, folder: join(root, name), manifest };
}

describe('a stored dataset', () => {
  it('opens with the same rows however its path is spelt', async () => {
    const { root, folder, manifest } = await makeSmall();
    const strange = join(root, "a[1]*? {b}'c", 'user=3');
    await mkdir(strange, { recursive: true });
    await rename(folder, join(strange, 'small'));
    const dataset = await openDataset(join(strange, 'small'), { verify: true });
    expect(dataset.manifest).toEqual(manifest);
    expect(dataset.train.users.length).toBe(manifest.interactions);
    expect(dataset.test!.users.length).toBe(40);
    expect(dataset.train.rewards.every(Number.isFinite)).toBe(true);
  });

  it('notices every flipped byte when verifying', async () => {
    const { folder, manifest } = await makeSmall();
    for (const file of Object.keys(manifest.files)) {
      const path = join(folder, file);
      const bytes = await readFile(path);
      for (const at of [0, Math.floor(bytes.length / 3), bytes.length - 1]) {
        const flipped = Buffer.from(bytes);
        flipped[at]! ^= 0x10;
        await writeFile(path, flipped);
        const error = await refusal(openDataset(folder, { verify: true }), 'checksum-mismatch');
        expect(error.where).toBe(path);
        expect(error.hint).toContain('import it again');
      }
      await writeFile(path, bytes);
    }
    await openDataset(folder, { verify: true });
  });

  it('notices a missing and a shortened file without verifying', async () => {
    const { folder } = await makeSmall();
    await truncate(join(folder, 'train.parquet'), 100);
    await refusal(openDataset(folder), 'checksum-mismatch');
    await rm(join(folder, 'train.parquet'));
    await refusal(openDataset(folder), 'corrupt-file');
    await refusal(openDataset(join(folder, 'nowhere')), 'not-found');
  });

  it('refuses a manifest that names files elsewhere, is no JSON, or comes from a later version', async () => {
    const { folder } = await makeSmall();
    const path = join(folder, 'manifest.json');
    const text = await readFile(path, 'utf8');
    const manifest = JSON.parse(text) as Record<string, unknown> & {
      files: Record<string, unknown>;
    };
    const open = async (changed: unknown) => {
      await writeFile(path, typeof changed === 'string' ? changed : JSON.stringify(changed));
      return openDataset(folder);
    };
    const files = { ...manifest.files, '../../secret.parquet': manifest.files['train.parquet'] };
    expect((await refusal(open({ ...manifest, files }), 'corrupt-file')).message).toContain(
      'secret',
    );
    await refusal(open(text.slice(0, -10)), 'corrupt-file');
    await refusal(open(''), 'corrupt-file');
    await refusal(open('null'), 'corrupt-file');
    await refusal(open({ ...manifest, users: -1 }), 'corrupt-file');
    await refusal(open({ ...manifest, checksum: '0'.repeat(64) }), 'corrupt-file');
    await refusal(open({ ...manifest, format: 2 }), 'version-mismatch');
    await refusal(open({ ...manifest, users: 19 }), 'corrupt-file');
    await refusal(open({ ...manifest, items: 3 }), 'corrupt-file');
    await refusal(open({ ...manifest, interactions: 3 }), 'corrupt-file');
    await refusal(open({ ...manifest, hasTime: false }), 'corrupt-file');
    await refusal(open({ ...manifest, hasPropensities: false }), 'corrupt-file');
    await open(text);
  });

  it('describes itself', async () => {
    const { folder, manifest } = await makeSmall();
    const dataset = await openDataset(folder);
    const statistics = datasetStatistics(dataset);
    const total = statistics.rewardHistogram.reduce((sum, bin) => sum + bin.count, 0);
    expect(total).toBe(manifest.interactions);
    expect(statistics.activity.mean).toBeCloseTo(manifest.interactions / 20, 10);
    expect(statistics.popularity.mean).toBeCloseTo(manifest.interactions / 15, 10);
    const counts = new Array<number>(15).fill(0);
    for (const item of dataset.train.items) counts[item]! += 1;
    expect(statistics.popularity.max).toBe(Math.max(...counts));
    expect(statistics.popularity.zeros).toBe(counts.filter((count) => count === 0).length);
    const [category] = dataset.itemFeatures;
    const tagged = statistics.categories[0]!;
    const carries = (item: number) =>
      category!.values
        .subarray(category!.offsets[item], category!.offsets[item + 1])
        .includes(tagged.code);
    const rows = dataset.train.items.filter(carries).length;
    expect(tagged.rowShare).toBeCloseTo(rows / manifest.interactions, 10);
  });
});

describe('the folder of datasets', () => {
  it('lists what is there, damaged ones with their error, and nothing else', async () => {
    const { root } = await makeSmall('b');
    await makeSyntheticWorld({ name: 'a', into: root, ...small });
    await makeSyntheticWorld({ name: 'broken', into: root, ...small });
    await writeFile(join(root, 'broken', 'manifest.json'), '{');
    await mkdir(join(root, 'other'));
    await writeFile(join(root, 'file.txt'), '');
    const listed = await listDatasets(root);
    expect(listed.map(({ name, error }) => [name, error?.code ?? null])).toEqual([
      ['a', null],
      ['b', null],
      ['broken', 'corrupt-file'],
    ]);
    expect(await listDatasets(join(root, 'nowhere'))).toEqual([]);
  });

  it('removes a dataset and nothing but a dataset', async () => {
    const { root } = await makeSmall();
    await mkdir(join(root, 'precious'));
    await refusal(removeDataset(root, 'precious'), 'not-found');
    await refusal(removeDataset(root, 'nowhere'), 'not-found');
    for (const name of ['..', '../small', 'a/b', '', '.small', 'x'.repeat(100), 'small\0']) {
      await refusal(removeDataset(root, name), 'invalid-input');
      expect(() => datasetFolder(root, name)).toThrow('name');
    }
    await removeDataset(root, 'small');
    expect(await namesIn(root)).toEqual(['precious']);
  });

  it('refuses a name that is taken, and replaces it when asked to', async () => {
    const { root, manifest } = await makeSmall();
    await refusal(
      makeSyntheticWorld({ name: 'small', into: root, ...small, seed: 1 }),
      'already-exists',
    );
    expect((await openDataset(join(root, 'small'))).manifest).toEqual(manifest);
    const next = await makeSyntheticWorld({
      name: 'small',
      into: root,
      ...small,
      seed: 1,
      replace: true,
    });
    expect((await openDataset(join(root, 'small'), { verify: true })).manifest).toEqual(next);
    expect(await namesIn(root)).toEqual(['small']);
    await mkdir(join(root, 'precious'));
    await writeFile(join(root, 'precious', 'thesis.txt'), 'years of work');
    const over = makeSyntheticWorld({ name: 'precious', into: root, ...small, replace: true });
    await refusal(over, 'already-exists');
    expect(await readdir(join(root, 'precious'))).toEqual(['thesis.txt']);
  });

  it('keeps the old dataset when its replacement fails', async () => {
    const { root, manifest } = await makeSmall();
    const request = {
      kind: 'log',
      name: 'small',
      into: root,
      source: join(root, 'nowhere.csv'),
    } as const;
    await refusal(importDataset({ ...request, replace: true }), 'not-found');
    expect((await openDataset(join(root, 'small'), { verify: true })).manifest).toEqual(manifest);
    expect(await namesIn(root)).toEqual(['small']);
  });

  it('clears what dead processes left and brings back what they were replacing', async () => {
    const { root, folder } = await makeSmall();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const owner = (pid: number) => `${pid}-zz-0123456789ab`;
    await mkdir(join(root, `.gone.${owner(dead)}.partial`));
    await mkdir(join(root, `.gone.${owner(process.pid)}.removed`));
    await rename(folder, join(root, `.small.${owner(dead)}.replaced`));
    await mkdir(join(root, '.unrelated.partial'));
    await makeSyntheticWorld({ name: 'next', into: root, ...small });
    expect((await namesIn(root)).sort()).toEqual(['.unrelated.partial', 'next', 'small']);
    await openDataset(folder, { verify: true });
  });

  it('says when the folder cannot be written to', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'file'), '');
    const error = await refusal(
      makeSyntheticWorld({ name: 'w', into: join(root, 'file', 'sets'), ...small }),
    );
    expect(error.code).not.toBe('internal');
    expect(error.hint ?? error.where).toBeTruthy();
    await symlink(join(root, 'nowhere'), join(root, 'dangling'));
    await refusal(makeSyntheticWorld({ name: 'w', into: join(root, 'dangling', 'x'), ...small }));
  });
});

describe('an import request from outside', () => {
  it('refuses unknown kinds of options and missing sources', async () => {
    const into = await temporaryFolder();
    const ask = (
      kind: 'coat' | 'log' | 'synthetic',
      options: Record<string, unknown>,
      source?: string,
    ) => importDataset({ kind, name: 'x', into, options, source });
    expect((await refusal(ask('log', { colour: 1 }, 'f.csv'), 'invalid-input')).message).toContain(
      'colour',
    );
    await refusal(ask('log', { map: { user: 3 } }, 'f.csv'), 'invalid-input');
    await refusal(ask('log', { test: { kind: 'random', fraction: 2 } }, 'f.csv'), 'invalid-input');
    await refusal(ask('log', { delimiter: '"' }, 'f.csv'), 'invalid-input');
    await refusal(ask('coat', { seed: -1 }, 'folder'), 'invalid-input');
    await refusal(ask('synthetic', { preset: 'huge' }), 'invalid-input');
    await refusal(ask('synthetic', { users: '5' }), 'invalid-input');
    await refusal(ask('log', {}), 'invalid-input');
    await refusal(ask('coat', {}), 'invalid-input');
    expect(await namesIn(into)).toEqual([]);
    const manifest = await ask('synthetic', { preset: 'biased', ...small });
    expect(manifest.users).toBe(20);
    expect(manifest.source).toMatchObject({ ...syntheticPresets.biased, ...small });
  });
});

describe('copying a dataset folder', () => {
  it('gives the same dataset', async () => {
    const { root, folder, manifest } = await makeSmall();
    const copy = join(root, 'copy');
    await mkdir(copy);
    for (const file of await readdir(folder)) await copyFile(join(folder, file), join(copy, file));
    const dataset = await openDataset(copy, { verify: true });
    expect(dataset.manifest.checksum).toBe(manifest.checksum);
  });
});
