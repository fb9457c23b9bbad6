import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { guessMapping } from '#engine/data/import-log.ts';
import {
  writeText,
  csv,
  importText,
  namesIn,
  openText,
  refusal,
  temporaryFolder,
} from './helpers.ts';

describe('the mapping of columns', () => {
  it('is guessed from names, then from positions, and says how sure it is', async () => {
    const root = await temporaryFolder();
    const guess = async (text: string) => guessMapping(await writeText(join(root, 'f.csv'), text));
    const named = await guess('userId,movieId,rating,timestamp\n1,2,3.5,1e9\n');
    expect(named).toMatchObject({
      format: 'csv',
      delimiter: ',',
      header: true,
      mapping: { user: 'userId', item: 'movieId', reward: 'rating', time: 'timestamp' },
      confidence: 1,
    });
    expect(named.columns[2]).toEqual({ name: 'rating', type: 'number', examples: ['3.5'] });
    const bare = await guess('1\t2\t3\t881250949\n3\t4\t1\t881250950\n');
    expect(bare.mapping).toEqual({
      user: 'column1',
      item: 'column2',
      reward: 'column3',
      time: 'column4',
    });
    expect(bare.confidence).toBe(0.5);
    const unknown = await guess('a,b,c\nx,y,z\n1,2,3\n');
    expect(unknown.confidence).toBe(0);
  });

  it('is overridden part by part, without regard to case, or by position', async () => {
    const text = 'when,who,what,stars,likes\n1,u,i,5,0\n2,v,i,4,1\n';
    const map = { user: 'WHO', item: 'column3', reward: 'likes' };
    const dataset = await openText(text, { map });
    expect([...dataset.train.rewards]).toEqual([0, 1]);
    expect(dataset.train.times).toBeNull();
    const timed = await openText(text, { map: { ...map, time: 'when' } });
    expect([...timed.train.times!]).toEqual([1, 2]);
  });

  it('names the columns when one is missing, doubled or used twice', async () => {
    const absent = await importText('user,item,note\n1,2,x\n');
    const missing = await refusal(absent.work, 'invalid-input');
    expect(missing.message).toContain('reward');
    expect(missing.hint).toContain('user, item, note');
    const wrong = await importText(csv, { map: { user: 'usr' } });
    expect((await refusal(wrong.work, 'invalid-input')).hint).toContain('user, item, rating, time');
    const twice = await importText(csv, { map: { user: 'item', item: 'item', reward: 'rating' } });
    await refusal(twice.work, 'invalid-input');
    const doubled = await importText('user,User,item,reward\n1,2,3,4\n', { map: { user: 'USER' } });
    expect((await refusal(doubled.work, 'invalid-input')).message).toContain('more than once');
  });
});

describe('rows that cannot be used', () => {
  const bad: [string, string, RegExp][] = [
    ['a missing user', ',9,4,1', /user is missing/],
    ['a missing item', '5,,4,1', /item is missing/],
    ['a blank user', '"  ",9,4,1', /user is missing/],
    ['a missing reward', '5,9,,1', /rating is missing/],
    ['a reward that is text', '5,9,good,1', /rating is not a number: 'good'/],
    ['a decimal comma', '5,9,"3,5",1', /rating is not a number: '3,5'/],
    ['NaN', '5,9,NaN,1', /rating is not finite: 'NaN'/],
    ['infinity', '5,9,-inf,1', /rating is not finite/],
    ['a reward beyond float32', '5,9,1e39,1', /rating is not finite: '1e39'/],
    ['a reward beyond float64', '5,9,1e999,1', /rating is not (finite|a number)/],
    ['a missing time', '5,9,4,', /time is missing/],
    ['a time that is text', '5,9,4,soon', /time is not a time: 'soon'/],
    ['too few fields', '5,9,4', /3 fields instead of 4/],
    ['too many fields', '5,9,4,1,1', /5 fields instead of 4/],
    ['text after a quote', '"5"x,9,4,1', /follows a closing quote/],
    [
      'an unclosed quote',
      '"5,9,4,1',
      /quote is opened and never closed|follows a closing quote|fields/,
    ],
    ['a NUL byte', '5\0,9,4,1', /NUL/],
  ];

  it.each(bad)('%s: named by file and line, nothing kept', async (_, row, reason) => {
    const { path, work, into } = await importText(`${csv}\n${row}\n1,1,1,1\n`);
    const error = await refusal(work, 'invalid-input');
    expect(error.message).toMatch(reason);
    expect(error.message).toContain('log.csv:6');
    expect(error.where).toBe(`${path}:6`);
    expect(error.hint).toContain('skip');
    expect(await namesIn(into)).toEqual([]);
  });

  it.each(bad)('%s: left out and counted when asked to', async (_, row, reason) => {
    const dataset = await openText(`${csv}\n${row}\n1,1,1,1\n`, { onBadRow: 'skip' });
    expect(dataset.manifest.interactions).toBe(4);
    expect([...dataset.train.rewards]).toEqual([4, 3.5, 1, 1]);
    const warning = dataset.manifest.warnings.find((one) => one.code === 'bad-rows');
    expect(warning?.count).toBe(1);
    expect(warning?.examples?.[0]).toMatch(reason);
    expect(warning?.examples?.[0]).toMatch(/^log\.csv:6: /);
  });

  it('finds lines behind quoted line ends, broken rows and blank lines', async () => {
    const text =
      'user,item,rating,note\r\n1,1,1,"a\r\nb"\r\n\r\n2,2\r\n3,3,x,c\r\n4,4,4,"d\n\n"\r\n5,5,y,e';
    const dataset = await openText(text, { onBadRow: 'skip' });
    const examples = dataset.manifest.warnings.flatMap((warning) => warning.examples ?? []);
    expect(examples.map((example) => example.split(': ')[0])).toEqual([
      'log.csv:5',
      'log.csv:6',
      'log.csv:10',
    ]);
    expect([...dataset.train.rewards]).toEqual([1, 4]);
  });

  it('gives up one line for an unclosed quote, not the rest of the file', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => `${index},${index % 7},${index % 5}\n`);
    rows[100] = '"100,2,0\n';
    const dataset = await openText(`user,item,reward\n${rows.join('')}`, { onBadRow: 'skip' });
    expect(dataset.manifest.interactions).toBe(499);
  });

  it('counts lines of JSON that are no objects', async () => {
    const lines = [
      '{"user":1,"item":1,"reward":1}',
      '[1]',
      '{"user":1',
      '',
      '{"user":2,"item":1}',
      '7',
    ];
    const { path, work } = await importText(lines.join('\n'), {}, 'log.jsonl');
    const error = await refusal(work, 'invalid-input');
    expect(error.message).toContain('4 rows');
    expect(error.where).toBe(`${path}:2`);
    const dataset = await openText(lines.join('\n'), { onBadRow: 'skip' }, 'log.jsonl');
    expect(dataset.manifest.warnings[0]?.examples).toEqual([
      'log.jsonl:2: it is not a JSON object',
      'log.jsonl:3: it is not a JSON object',
      'log.jsonl:5: reward is missing',
      'log.jsonl:6: it is not a JSON object',
    ]);
  });

  it('holds rewards and propensities to their range', async () => {
    const { work } = await importText(csv, { rewardRange: { min: 2, max: 5 } });
    expect((await refusal(work, 'invalid-input')).message).toContain('outside 2 to 5');
    const text = 'user,item,reward,propensity\n1,1,1,0.5\n1,2,1,0\n1,3,1,1.01\n1,4,1,nan\n1,5,1,\n';
    const dataset = await openText(text, { onBadRow: 'skip' });
    expect(dataset.manifest.interactions).toBe(1);
    expect(dataset.manifest.warnings[0]?.count).toBe(4);
  });

  it('counts duplicates and drops them when asked to', async () => {
    const text = 'user,item,reward\n1,1,1\n1,1,1\n2,1,5\n1,1,2\n1,1,1\n';
    const kept = await openText(text);
    expect(kept.manifest.interactions).toBe(5);
    expect(kept.manifest.warnings).toMatchObject([
      {
        code: 'duplicate-rows',
        count: 2,
        examples: [/csv:3/, /csv:6/].map((p) => expect.stringMatching(p)),
      },
      { code: 'repeated-pairs', count: 1 },
    ]);
    const dropped = await openText(text, { duplicates: 'drop' });
    expect([...dropped.train.rewards]).toEqual([1, 5, 2]);
  });
});
