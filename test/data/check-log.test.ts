import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLog } from '#engine/data/check-log.ts';
import { guessMapping, importLog } from '#engine/data/import-log.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import { datasetStatistics } from '#engine/data/statistics.ts';
import { verifyDataset } from '#engine/data/verify-dataset.ts';
import { refusal, temporaryFolder, writeText } from './helpers.ts';

const lines = [
  'visitor,article,clicked,ts',
  'u1,a1,1,100',
  'u2,a1,x,110',
  'u1,a2,0.5,120',
  'u3,,1,130',
  'u1,a1,0,140',
];

async function files() {
  const folder = await temporaryFolder();
  return { folder, file: await writeText(join(folder, 'clicks.csv'), `${lines.join('\n')}\n`) };
}

describe('a look at a log', () => {
  it.each([
    ['truth values', 'session,sku,clicked\ns1,x,true\ns2,y,false\n', true],
    ['times', 'customer;product;liked;when\na;x;yes;2024-01-01 10:00\na;y;no;2024-01-02\n', true],
    ['names of its own', 'a,b,c\nx,y,true\n', true],
    ['no names above truth values', 's1,x,true\ns2,y,false\n', false],
    ['no names above times', 'a,x,yes,2024-01-01\na,y,no,2024-01-02\n', false],
  ])('knows a header by %s', async (_, text, header) => {
    const file = await writeText(join(await temporaryFolder(), 'log.csv'), text);
    expect((await guessMapping(file)).header).toBe(header);
  });

  it('knows the usual names of a shop', async () => {
    const text = 'customer;product;rating;when\na;"x; large";3;2024-01-01\n';
    const file = await writeText(join(await temporaryFolder(), 'shop.csv'), text);
    const { mapping, confidence } = await guessMapping(file);
    expect(mapping).toEqual({ user: 'customer', item: 'product', reward: 'rating', time: 'when' });
    expect(confidence).toBe(1);
  });

  it('tells columns, guess, first rows and about how many there are', async () => {
    const { file } = await files();
    const guess = await guessMapping(file);
    expect(guess.mapping).toEqual({
      user: 'visitor',
      item: 'article',
      reward: 'clicked',
      time: 'ts',
    });
    expect(guess.confidence).toBe(1);
    expect(guess.rows[1]).toEqual(['u2', 'a1', 'x', '110']);
    expect(guess.estimatedRows).toBe(5);
    expect(guess).toMatchObject({ format: 'csv', delimiter: ',', header: true });
  });

  it('estimates a large file from its beginning', async () => {
    const { folder } = await files();
    const rows = Array.from({ length: 200_000 }, (_, at) => `u${at % 977},a${at % 331},1,${at}`);
    const file = await writeText(join(folder, 'large.csv'), `u,i,r,t\n${rows.join('\n')}`);
    const { estimatedRows } = await guessMapping(file);
    expect(Math.abs((estimatedRows ?? 0) - 200_000)).toBeLessThan(20_000);
  });
});

describe('the check of a log', () => {
  it('counts what an import would refuse, with place and reason', async () => {
    const { folder, file } = await files();
    const checked = await checkLog({ file }, folder);
    expect(checked).toMatchObject({ rows: 5, users: 1, items: 2, repeatedPairs: 1 });
    expect(checked.reward).toEqual({ min: 0, max: 1, mean: 0.5 });
    expect(checked.bad).toEqual({
      count: 2,
      examples: [`clicks.csv:3: clicked is not a number: 'x'`, 'clicks.csv:5: article is missing'],
    });
    expect(checked.preview.map(({ line, problem }) => [line, problem])).toEqual([
      [2, null],
      [3, `clicked is not a number: 'x'`],
      [4, null],
      [5, 'article is missing'],
      [6, null],
    ]);
    expect(checked.preview[2]?.cells).toEqual(['u1', 'a2', '0.5', '120']);
  });

  it('agrees with the import of the same file', async () => {
    const { folder, file } = await files();
    const checked = await checkLog({ file }, folder);
    const manifest = await importLog({ file, name: 'log', into: folder, onBadRow: 'skip' });
    expect(manifest.interactions).toBe(checked.rows - checked.bad.count);
    expect([manifest.users, manifest.items]).toEqual([checked.users, checked.items]);
    expect(manifest.warnings.find(({ code }) => code === 'bad-rows')?.examples).toEqual(
      checked.bad.examples,
    );
  });

  it('follows the mapping and the range of rewards', async () => {
    const { folder, file } = await files();
    const map = { user: 'article', item: 'visitor', reward: 'ts' };
    const checked = await checkLog({ file, map, rewardRange: { min: 100, max: 125 } }, folder);
    expect(checked.bad.count).toBe(2);
    expect(checked.bad.examples.join()).toContain('outside 100 to 125');
    const twice = checkLog({ file, map: { ...map, item: 'article' } }, folder);
    expect((await refusal(twice, 'invalid-input')).message).toContain('mapped twice');
  });

  it('leaves nothing behind but what it was given', async () => {
    const { folder, file } = await files();
    await checkLog({ file }, folder);
    expect((await readdir(folder)).filter((name) => name !== 'scratch')).toEqual(['clicks.csv']);
  });
});

describe('a dataset that was imported', () => {
  async function imported() {
    const { folder, file } = await files();
    await importLog({ file, name: 'log', into: folder, onBadRow: 'skip' });
    return join(folder, 'log');
  }

  it('is verified file by file', async () => {
    const folder = await imported();
    const sound = await verifyDataset(folder, {});
    expect(sound.ok).toBe(true);
    expect(sound.files.map(({ name }) => name)).toContain('train.parquet');
    await writeText(join(folder, 'train.parquet'), 'short');
    const damaged = await verifyDataset(folder, {});
    expect(damaged.ok).toBe(false);
    expect(damaged.files.filter(({ problem }) => problem !== null).map(({ name }) => name)).toEqual(
      ['train.parquet'],
    );
  });

  it('has histograms that hold every item and user, and a long tail from 0 to 1', async () => {
    const dataset = await openDataset(await imported());
    const statistics = datasetStatistics(dataset);
    const sum = (bins: readonly { count: number }[]) =>
      bins.reduce((total, { count }) => total + count, 0);
    expect(sum(statistics.popularityHistogram)).toBe(2);
    expect(sum(statistics.activityHistogram)).toBe(1);
    // a1 has two rows, a2 one.
    expect(statistics.longTail).toEqual([
      { itemShare: 0, rowShare: 0 },
      { itemShare: 0.5, rowShare: 2 / 3 },
      { itemShare: 1, rowShare: 1 },
    ]);
    expect(statistics.popularityGini).toBeCloseTo(1 / 6, 12);
  });
});
