import { describe, expect, it } from 'vitest';
import { assignColours } from '#renderer/lib/colours.ts';
import {
  formatBytes,
  formatDuration,
  formatMeanSpread,
  formatNumber,
} from '#renderer/lib/format.ts';
import { fuzzyFilter } from '#renderer/lib/fuzzy.ts';
import { describeResult, isPossible } from '#renderer/lib/run-actions.ts';
import { KeySequence, type Command } from '#renderer/lib/shortcuts.ts';

describe('numbers', () => {
  it.each([
    [null, '–'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '−∞'],
    [0, '0'],
    [-3, '−3'],
    [0.123456, '0.1235'],
    [1234.5678, '1235'],
    [0.0000123, '1.230e−5'],
    [123456789, '1.235e+8'],
  ])('%s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it.each([
    [12.3456, 2.345, '12.3 ± 2.3'],
    [0.123456, 0.0123, '0.123 ± 0.012'],
    [1234.5, 120, '1235 ± 120'],
    [5, null, '5'],
    [5.5, 0, '5.5'],
  ])('%s ± %s', (mean, spread, text) => {
    expect(formatMeanSpread(mean, spread)).toBe(text);
  });

  it('writes durations and bytes in units', () => {
    expect([4.56, 75, 3600, 90_000].map(formatDuration)).toEqual([
      '4.6 s',
      '1 min 15 s',
      '1 h 0 min',
      '1 d 1 h',
    ]);
    expect([0, 1023, 1536, 2 ** 40].map(formatBytes)).toEqual([
      '0 B',
      '1023 B',
      '1.5 KiB',
      '1.0 TiB',
    ]);
  });
});

describe('the palette', () => {
  const titles = ['Go to Runs', 'Go to Tables', 'Theme: dark'];
  const find = (query: string) => fuzzyFilter(query, titles, (title) => title);

  it('finds letters in their order and prefers beginnings of words', () => {
    expect(find('')).toEqual(titles);
    expect(find('runs')).toEqual(['Go to Runs']);
    expect(fuzzyFilter('red', ['mastered', 'red deer'], String)[0]).toBe('red deer');
    expect(find('xyz')).toEqual([]);
  });
});

describe('shortcuts', () => {
  const none = { ctrlKey: false, metaKey: false, altKey: false };
  const command = (keys: string): Command => ({ id: keys, title: keys, keys, run: () => {} });
  const commands = [command('g r'), command('g t'), command('?'), command('mod+k')];
  const press = (sequence: KeySequence, key: string, atMs: number) =>
    sequence.press({ ...none, key }, atMs, commands);

  it('completes sequences, in time only', () => {
    const sequence = new KeySequence();
    expect(press(sequence, 'g', 5000)).toBe('waiting');
    expect(press(sequence, 't', 5200)).toBe(commands[1]);
    expect(press(sequence, 'g', 6000)).toBe('waiting');
    expect(press(sequence, 'r', 9000)).toBeNull();
  });

  it('begins anew after a wrong key, and takes either modifier', () => {
    const sequence = new KeySequence();
    expect(press(sequence, 'g', 5000)).toBe('waiting');
    expect(press(sequence, '?', 5100)).toBe(commands[2]);
    expect(sequence.press({ ...none, ctrlKey: true, key: 'k' }, 5200, commands)).toBe(commands[3]);
    expect(sequence.press({ ...none, metaKey: true, key: 'K' }, 5300, commands)).toBe(commands[3]);
  });
});

it('gives a name its colour whatever the order it comes in', () => {
  expect(assignColours(['b', 'a'])).toEqual(assignColours(['a', 'b', 'a']));
});

it('offers what a run can do, and names what was refused', () => {
  expect(isPossible('pause', 'running')).toBe(true);
  expect(isPossible('resume', 'done')).toBe(false);
  expect(describeResult('pause', { done: ['1'], failed: [] })).toBe('1 run paused.');
  const error = { code: 'busy' as const, message: 'It is busy.' };
  expect(describeResult('stop', { done: [], failed: [{ run: '1', error }] })).toBe(
    '0 runs stopped. 1 run refused: It is busy.',
  );
});
