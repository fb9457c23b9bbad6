import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importLog } from '#engine/data/import-log.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import {
  csv,
  importText,
  namesIn,
  openText,
  realData,
  refusal,
  temporaryFolder,
  writeText,
} from './helpers.ts';

describe('files that cannot be imported', () => {
  it.each<[string, string | Buffer, string, string]>([
    ['an empty file', '', 'log.csv', 'invalid-input'],
    ['only a byte order mark', '\ufeff', 'log.csv', 'invalid-input'],
    ['only line ends', '\n\r\n\n', 'log.csv', 'invalid-input'],
    ['only a header', 'user,item,reward\n', 'log.csv', 'invalid-input'],
    ['UTF-16', Buffer.from(`\ufeff${csv}`, 'utf16le'), 'log.csv', 'unsupported-format'],
    ['a gzip file', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), 'log.csv', 'unsupported-format'],
    ['a zip file', Buffer.from('PK\u0003\u0004rest'), 'log.csv', 'unsupported-format'],
    ['one JSON array', '[{"user":1,"item":2,"reward":3}]', 'log.json', 'unsupported-format'],
    ['JSON that is none', 'user: 1', 'log.jsonl', 'invalid-input'],
    ['a cut Parquet file', 'PAR1 and no end', 'log.parquet', 'corrupt-file'],
    ['a hollow Parquet file', `PAR1${'x'.repeat(100)}PAR1`, 'log.parquet', 'corrupt-file'],
    [
      'a web page',
      '<!DOCTYPE html>\n<html><body>404</body></html>\n',
      'ratings.csv',
      'invalid-input',
    ],
  ])('%s', async (_, text, file, code) => {
    const { work, into } = await importText(text, {}, file);
    const error = await refusal(work);
    expect(error.code).toBe(code);
    expect(error.hint).toBeTruthy();
    expect(await namesIn(into)).toEqual([]);
  });

  it('a folder, a missing file and a line without end', async () => {
    const root = await temporaryFolder();
    await refusal(importLog({ file: root, name: 'x', into: root }), 'invalid-input');
    await refusal(importLog({ file: join(root, 'no.csv'), name: 'x', into: root }), 'not-found');
    const endless = `user,item,reward\n1,1,1\n"${'x'.repeat(9 << 20)}`;
    const { work, path } = await importText(endless);
    expect((await refusal(work, 'invalid-input')).where).toBe(`${path}:3`);
    const wide = await importText(`{"user":"${'x'.repeat(9 << 20)}"}`, {}, 'log.jsonl');
    await refusal(wide.work, 'invalid-input');
  });
});

describe('held-out rows', () => {
  const rows = Array.from(
    { length: 100 },
    (_, k) => `${k % 4},${k % 9},${k % 5},${(k * 37) % 100}`,
  );
  const text = `user,item,reward,time\n${rows.join('\n')}\n`;

  it('are the latest of all', async () => {
    const { train, test } = await openText(text, {
      test: { kind: 'last-fraction', fraction: 0.25 },
    });
    expect(test!.users.length).toBe(25);
    expect(Math.min(...test!.times!)).toBe(75);
    expect(Math.max(...train.times!)).toBe(74);
  });

  it('are the latest of every user, who keeps at least one row', async () => {
    const { train, test } = await openText(`${text}9,1,1,5\n`, {
      test: { kind: 'last-per-user', rows: 3 },
    });
    for (const user of [0, 1, 2, 3]) {
      const latest = test!.times!.filter((_, row) => test!.users[row] === user);
      const earlier = train.times!.filter((_, row) => train.users[row] === user);
      expect(latest.length).toBe(3);
      expect(Math.min(...latest)).toBeGreaterThan(Math.max(...earlier));
    }
    expect(train.users.filter((user) => user === 4).length).toBe(1);
  });

  it('are drawn by seed', async () => {
    const draw = async (seed: number) => {
      const { train, test } = await openText(text, {
        test: { kind: 'random', fraction: 0.2, seed },
      });
      expect([train.users.length, test!.users.length]).toEqual([80, 20]);
      expect([...train.times!, ...test!.times!].sort((a, b) => a - b)).toEqual(
        Array.from({ length: 100 }, (_, time) => time),
      );
      return [...test!.times!].join();
    };
    expect(await draw(1)).toBe(await draw(1));
    expect(await draw(2)).not.toBe(await draw(1));
  });

  it('need a time, and must leave something', async () => {
    const untimed = await importText('user,item,reward\n1,1,1\n', {
      test: { kind: 'last-fraction', fraction: 0.5 },
    });
    await refusal(untimed.work, 'invalid-input');
    const none = await importText(csv, { test: { kind: 'last-per-user', rows: 2 } });
    expect((await none.work).testInteractions).toBe(1);
  });
});

describe('files of features', () => {
  const movies =
    'item,genres,year,title\n9,Action|Comedy,1999,"One, two"\n7,,1999,Three\n1,Drama,,Four\n';

  async function withSide(side: string, options: object = {}, log = csv) {
    const root = await temporaryFolder();
    const file = await writeText(join(root, 'log.csv'), log);
    const sideFile = await writeText(join(root, 'items.csv'), side);
    const itemFeatures = { file: sideFile, key: 'item', ...options };
    const work = importLog({ file, name: 'log', into: join(root, 'sets'), itemFeatures });
    return {
      work,
      open: async () => (await work, openDataset(join(root, 'sets', 'log'), { verify: true })),
    };
  }

  it('become categorical features, with items that nobody met', async () => {
    const dataset = await (await withSide(movies)).open();
    expect(dataset.items).toBe(3);
    const [genres, year] = dataset.itemFeatures;
    expect(genres).toMatchObject({ name: 'genres', labels: ['Action', 'Comedy', 'Drama'] });
    expect([...genres!.offsets]).toEqual([0, 1, 1, 3]);
    expect([...genres!.values]).toEqual([2, 0, 1]);
    expect(year).toMatchObject({ labels: ['1999', '(missing)'] });
    expect([...year!.values]).toEqual([1, 0, 0]);
    expect(dataset.manifest.categoryFeature).toBe('genres');
    expect(dataset.manifest.warnings.map((warning) => warning.code)).toContain(
      'items-without-rows',
    );
  });

  it('take lists and given columns and separators', async () => {
    const side = 'item,tags,code\n9,"[27, 9]","a;b"\n7,"[9]",a\n';
    const list = await (await withSide(side)).open();
    expect(list.itemFeatures[0]).toMatchObject({ labels: ['9', '27'] });
    expect([...list.itemFeatures[0]!.values]).toEqual([0, 1, 0]);
    const one = await (
      await withSide(side, { columns: ['code'], separators: { code: ';' } })
    ).open();
    expect(one.itemFeatures).toMatchObject([{ name: 'code', labels: ['a', 'b'] }]);
  });

  it('are refused when keys repeat, do not match or a column is missing', async () => {
    const twice = await withSide(`${movies}9,Drama,2000,Five\n`);
    expect((await refusal(twice.work, 'invalid-input')).message).toContain('items.csv:5');
    const foreign = await withSide('item,genre\nx,y\n');
    expect((await refusal(foreign.work, 'invalid-input')).hint).toContain('same ids');
    await refusal((await withSide(movies, { key: 'id' })).work, 'invalid-input');
    await refusal((await withSide(movies, { columns: ['colour'] })).work, 'invalid-input');
  });
});

describe('a long import', () => {
  const lines = Array.from({ length: 100_000 }, (_, k) => `${k % 5000},${k % 977},${k % 5},${k}`);
  const text = `user,item,reward,time\n${lines.join('\n')}\n`;

  it('reports its stages and stops at each of them when asked to', async () => {
    const stages = new Set<string>();
    const whole = await importText(text, { onProgress: ({ stage }) => stages.add(stage) });
    await whole.work;
    expect([...stages]).toEqual(
      expect.arrayContaining(['check', 'read', 'number users', 'check rows', 'write rows', 'seal']),
    );
    for (const stage of stages) {
      const controller = new AbortController();
      const { work, into } = await importText(text, {
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.stage === stage) controller.abort();
        },
      });
      await refusal(work, 'cancelled');
      expect(await namesIn(into)).toEqual([]);
    }
  });

  it('works within little memory', async () => {
    const { work } = await importText(text, { limits: { memoryBytes: 64e6, threads: 1 } });
    expect((await work).interactions).toBe(100_000);
  });
});

const movielens = realData('ml-latest-small/ratings.csv');
const movies = realData('ml-latest-small/movies.csv');
const bandit = realData('open_bandit_small/random/men/men.csv');

describe.skipIf(movielens === null || movies === null)(
  'MovieLens (skipped without the data)',
  () => {
    it('has the published counts', async () => {
      const into = await temporaryFolder();
      const itemFeatures = { file: movies!, key: 'movieId' };
      const plain = await importLog({ file: movielens!, name: 'plain', into });
      expect(plain).toMatchObject({
        users: 610,
        items: 9724,
        interactions: 100_836,
        reward: { min: 0.5, max: 5 },
      });
      expect(plain.warnings).toMatchObject([{ code: 'not-in-time-order', count: 49_308 }]);
      const named = await importLog({ file: movielens!, name: 'named', into, itemFeatures });
      expect(named.items).toBe(9742);
      expect(named.categoryFeature).toBe('genres');
      const { itemFeatures: features } = await openDataset(join(into, 'named'));
      const none = features[0]!.labels!.indexOf('(no genres listed)');
      expect(features[0]!.values.filter((code) => code === none).length).toBe(34);
    });
  },
);

describe.skipIf(bandit === null)('Open Bandit (skipped without the data)', () => {
  it('has the published propensities', async () => {
    const into = await temporaryFolder();
    const map = {
      user: 'user_feature_0',
      item: 'item_id',
      reward: 'click',
      time: 'timestamp',
      propensity: 'propensity_score',
    };
    const manifest = await importLog({ file: bandit!, name: 'men', into, map });
    expect(manifest).toMatchObject({ items: 34, interactions: 10_000, hasPropensities: true });
    expect(manifest.reward.mean).toBeCloseTo(0.0046, 10);
    const { train } = await openDataset(join(into, 'men'));
    expect(new Set(train.propensities)).toEqual(new Set([Math.fround(1 / 34)]));
  });
});
