import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { importLog } from '#engine/data/import-log.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import { csv, importText, namesIn, openText, refusal, rowsOf, temporaryFolder } from './helpers.ts';

describe('importing a log', () => {
  it('numbers ids by value and keeps the order of the file', async () => {
    const dataset = await openText(csv);
    expect(rowsOf(dataset.train)).toEqual([
      [1, 1, 4],
      [1, 0, 3.5],
      [0, 1, 1],
    ]);
    expect([...dataset.train.times!]).toEqual([100, 90, 300]);
    expect(dataset.manifest).toMatchObject({
      kind: 'log',
      users: 2,
      items: 2,
      interactions: 3,
      hasTime: true,
      groundTruth: 'none',
      reward: { min: 1, max: 4 },
    });
    expect(dataset.manifest.warnings.map((warning) => [warning.code, warning.count])).toEqual([
      ['not-in-time-order', 1],
    ]);
  });

  it('keeps the original ids beside the log', async () => {
    const { into, work } = await importText('user,item,reward\nzoë,007,1\n"a,b",7,2\n10,7,3\n');
    await work;
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const ids = async (file: string) => {
      const reader = await connection.runAndReadAll(
        `SELECT * FROM read_parquet('${join(into, 'log', file)}')`,
      );
      return reader.getRows();
    };
    expect(await ids('users.parquet')).toEqual([
      [0, '10'],
      [1, 'a,b'],
      [2, 'zoë'],
    ]);
    expect(await ids('items.parquet')).toEqual([
      [0, '007'],
      [1, '7'],
    ]);
    connection.closeSync();
    instance.closeSync();
  });

  it('orders numeric ids by size, huge and negative ones exactly', async () => {
    const huge = '9007199254740993';
    const dataset = await openText(
      `user,item,reward\n${huge},1,1\n9007199254740992,1,2\n-3,10,3\n7,9,4\n`,
    );
    expect(rowsOf(dataset.train)).toEqual([
      [3, 0, 1],
      [2, 0, 2],
      [0, 2, 3],
      [1, 1, 4],
    ]);
    expect(dataset.manifest.warnings.map((warning) => warning.code)).toEqual(['negative-user-ids']);
    const beyond = await openText(
      `user,item,reward\n${'9'.repeat(40)},1,1\n${'9'.repeat(39)}8,1,2\n`,
    );
    expect([...beyond.train.users]).toEqual([1, 0]);
  });

  it.each<[string, string | Buffer, string]>([
    ['CRLF', csv.replaceAll('\n', '\r\n'), 'log.csv'],
    ['CR', csv.replaceAll('\n', '\r'), 'log.csv'],
    ['mixed line ends', csv.replace('\n', '\r\n'), 'log.csv'],
    ['no final line end', csv.trimEnd(), 'log.csv'],
    ['a byte order mark', `\ufeff${csv}`, 'log.csv'],
    ['blank lines', csv.replaceAll('\n', '\n\n'), 'log.csv'],
    ['quotes', csv.replaceAll(/[^,\n]+/g, '"$&"'), 'log.csv'],
    ['blanks around values', csv.replaceAll(',', ' , '), 'log.csv'],
    ['semicolons', csv.replaceAll(',', ';'), 'log.csv'],
    ['tabs', csv.replaceAll(',', '\t'), 'log.tsv'],
    ['double colons', csv.replaceAll(',', '::'), 'ratings.dat'],
    ['no header', csv.slice(csv.indexOf('\n') + 1), 'u.data'],
    ['more columns', csv.replaceAll('\n', ',"a ""b"", c\nd"\n'), 'log.csv'],
    [
      'JSON lines',
      '{"user":5,"item":9,"rating":4,"time":100}\n{"rating":3.5,"user":"5","item":7,"time":90}\r\n\n' +
        '{"user":2,"item":9,"rating":true,"time":300}',
      'log.jsonl',
    ],
  ])('reads %s alike', async (_, text, file) => {
    const [plain, other] = await Promise.all([openText(csv), openText(text, {}, file)]);
    expect(rowsOf(other.train)).toEqual(rowsOf(plain.train));
    expect([...other.train.times!]).toEqual([...plain.train.times!]);
    expect(other.manifest.checksum).toBe(plain.manifest.checksum);
  });

  it('reads Parquet with typed columns', async () => {
    const root = await temporaryFolder();
    const path = join(root, 'log[1].parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT * FROM (VALUES (5::BIGINT, 'b', true, TIMESTAMP '2020-01-01 00:00:10.5'),
         (6, 'a', false, TIMESTAMP '2020-01-01 00:00:00')) AS t("User", "Item", click, ts)) TO '${path}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    await importLog({ file: path, name: 'log', into: root });
    const { train } = await openDataset(join(root, 'log'));
    expect(rowsOf(train)).toEqual([
      [0, 1, 1],
      [1, 0, 0],
    ]);
    expect([...train.times!]).toEqual([1577836810.5, 1577836800]);
  });

  it('reads dates as seconds and propensities', async () => {
    const dataset = await openText(
      'user_id,item_id,click,timestamp,propensity_score\n' +
        'u,1,0,2019-11-24 00:03:13.442536+00:00,0.25\nu,2,1,2019-11-24T01:03:13+01:00,1\n',
    );
    expect(dataset.train.times![0]).toBeCloseTo(1574553793.442536, 4);
    expect(dataset.train.times![1]).toBe(1574553793);
    expect([...dataset.train.propensities!]).toEqual([0.25, 1]);
  });

  it('reads Latin-1 when told to and refuses it otherwise', async () => {
    const text = Buffer.from('user,item,reward\nJörg,1,1\nAnn,2,2\n', 'latin1');
    const { path, work, into } = await importText(text);
    const error = await refusal(work, 'invalid-input');
    expect(error.where).toBe(`${path}:2`);
    expect(error.hint).toContain('latin-1');
    expect(await namesIn(into)).toEqual([]);
    expect((await openText(text, { encoding: 'latin-1' })).users).toBe(2);
  });
});
