import { describe, expect, it } from 'vitest';
import type { InspectedLog } from '#contract/log-file.ts';
import {
  checkOptions,
  emptyLogForm,
  formProblems,
  importOptions,
  suggestName,
  withGuess,
  type LogForm,
} from '#renderer/lib/log-import.ts';
import { playRequest } from '#renderer/lib/session-choice.ts';

const guess: InspectedLog = {
  format: 'csv',
  delimiter: ',',
  header: true,
  bytes: 100,
  estimatedRows: 4,
  columns: [],
  mapping: { user: 'u', item: 'i', reward: 'r' },
  confidence: 1,
  rows: [],
};
const form: LogForm = withGuess(emptyLogForm, guess);

describe('the form of an import', () => {
  it('takes over the guess and sends only what was decided', () => {
    expect(formProblems(form)).toEqual([]);
    expect(checkOptions(form)).toEqual({ map: { user: 'u', item: 'i', reward: 'r' } });
    expect(importOptions(form)).toEqual({
      map: { user: 'u', item: 'i', reward: 'r' },
      test: { kind: 'none' },
      onBadRow: 'fail',
      duplicates: 'keep',
      groundTruth: 'none',
    });
  });

  it('sends features, ranges, splits and licences as the importer takes them', () => {
    const options = importOptions({
      ...form,
      header: false,
      split: 'random',
      fraction: 0.3,
      seed: 5,
      rewardMin: 1,
      rewardMax: 5,
      itemFeatures: { file: '/items.csv', key: 'id' },
      decimal: 'comma',
      timeFormat: ' %d.%m.%Y ',
      licence: ' CC0 ',
    });
    expect(options).toMatchObject({
      decimal: 'comma',
      timeFormat: '%d.%m.%Y',
      header: false,
      test: { kind: 'random', fraction: 0.3, seed: 5 },
      rewardRange: { min: 1, max: 5 },
      itemFeatures: { file: '/items.csv', key: 'id' },
      licence: 'CC0',
    });
  });

  it.each<[string, Partial<LogForm>, string]>([
    ['a missing part', { map: { ...form.map, user: null } }, 'column of the user'],
    ['a column twice', { map: { ...form.map, time: 'u' } }, 'plays two parts'],
    ['half a range', { rewardMin: 1 }, 'both ends'],
    ['a range from the end', { rewardMin: 5, rewardMax: 1 }, 'begins above'],
    ['a split by time without one', { split: 'last-fraction' }, 'column of the time'],
    ['features without a key', { userFeatures: { file: '/u.csv', key: '' } }, 'id column'],
  ])('says what is wrong: %s', (_name, change, words) => {
    expect(formProblems({ ...form, ...change }).join(' ')).toContain(words);
  });
});

describe('the name of a dataset', () => {
  it.each([
    ['/home/me/My clicks (2).csv', [], 'My-clicks-2-'],
    ['C:\\logs\\ratings.parquet', [], 'ratings'],
    ['/data/coat/', [], 'coat'],
    ['/data/.hidden', [], 'hidden'],
    ['/data/日本.csv', [], 'dataset'],
    ['/data/coat', ['coat', 'coat-2'], 'coat-3'],
  ])('comes from %j', (path, taken, name) => {
    expect(suggestName(path, taken)).toBe(name);
  });
});

describe('the request for a session', () => {
  it('leaves out what the core decides', () => {
    const choice = { user: null, seed: 3, acting: 'protocol' } as const;
    expect(playRequest('run', undefined, choice)).toEqual({ run: 'run', seed: 3 });
    expect(playRequest('run', 'final', { user: 0, seed: 3, acting: 'greedy' })).toEqual({
      run: 'run',
      checkpoint: 'final',
      user: 0,
      seed: 3,
      acting: 'greedy',
    });
  });
});
