import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLog } from '#engine/data/check-log.ts';
import { guessMapping } from '#engine/data/import-log.ts';
import { timeFormatOf } from '#engine/data/log/value-forms.ts';
import { importText, openText, refusal, temporaryFolder, writeText } from './helpers.ts';

/** Seconds of 2024-03-25 12:30 UTC, from Python's `datetime`. */
const noon = 1711369800;
const march25 = 1711324800;

const timed = (...times: string[]): string =>
  `user;item;rating;time\n${times.map((time, at) => `u${at};i;1;${time}\n`).join('')}`;

describe('numbers with a decimal comma', () => {
  it('are read where the first rows show them', async () => {
    const text = 'user;item;rating;propensity\na;x;3,5;0,25\na;y;4;1\nb;x;-0,125;0,5\n';
    const { train } = await openText(text);
    expect([...train.rewards]).toEqual([3.5, 4, -0.125]);
    expect([...(train.propensities ?? [])]).toEqual([0.25, 1, 0.5]);
  });

  it('could be thousands, and are read only when that is said', async () => {
    const text = 'user;item;rating\na;x;1,250\na;y;2,500\n';
    const unsaid = await importText(text);
    const error = await refusal(unsaid.work, 'invalid-input');
    expect(error.message).toContain("rating is not a number: '1,250'");
    expect(error.hint).toContain('decimal');
    expect([...(await openText(text, { decimal: 'comma' })).train.rewards]).toEqual([1.25, 2.5]);
  });

  it('are not mixed with those of a point', async () => {
    const text = 'user;item;rating\na;x;3,5\na;y;2,5\na;z;1,5\nb;x;1.000,5\nb;y;4.5\n';
    const guessed = await importText(text);
    expect((await refusal(guessed.work, 'invalid-input')).message).toContain('4 rows cannot');
    const said = await importText(text, { decimal: 'comma' });
    const { message } = await refusal(said.work, 'invalid-input');
    expect(message).toContain('2 rows cannot be used');
    expect(message).toContain("'1.000,5'");
    expect(message).toContain("'4.5'");
  });

  it('make a header known above them', async () => {
    const file = await writeText(
      join(await temporaryFolder(), 'log.csv'),
      'who;what;how\na;x;3,5\n',
    );
    const guess = await guessMapping(file);
    expect(guess.header).toBe(true);
    expect(guess.columns.map(({ type }) => type)).toEqual(['text', 'text', 'number']);
  });
});

describe('times with the year last', () => {
  it.each([
    ['25.03.2024 12:30', noon, '%d.%m.%Y %H:%M'],
    ['25.3.2024 12:30:05', noon + 5, '%d.%m.%Y %H:%M:%S'],
    ['25.03.2024', march25, '%d.%m.%Y'],
    ['25/03/2024 12:30', noon, '%d/%m/%Y %H:%M'],
    ['03/25/2024 12:30 PM', noon, '%m/%d/%Y %I:%M %p'],
    ['3/25/2024', march25, '%m/%d/%Y'],
    ['25-03-2024 12:30', noon, '%d-%m-%Y %H:%M'],
  ])('%s is read as what it says', async (text, seconds, format) => {
    const { train } = await openText(timed(text, text));
    expect([...(train.times ?? [])]).toEqual([seconds, seconds]);
    const folder = await temporaryFolder();
    const file = await writeText(join(folder, 'log.csv'), timed(text));
    expect((await checkLog({ file }, folder)).timeFormat).toBe(format);
    expect((await guessMapping(file)).mapping.time).toBe('time');
  });

  it('are refused where day and month cannot be told apart, and read as is said', async () => {
    const text = timed('03/04/2024', '05/06/2024');
    const unsaid = await importText(text);
    const error = await refusal(unsaid.work, 'invalid-input');
    expect(error.message).toContain("time is not a time: '03/04/2024'");
    expect(error.hint).toContain('timeFormat');
    const read = async (timeFormat: string) =>
      (await openText(text, { timeFormat })).train.times?.[0];
    expect(await read('%d/%m/%Y')).toBe(Date.UTC(2024, 3, 3) / 1000);
    expect(await read('%m/%d/%Y')).toBe(Date.UTC(2024, 2, 4) / 1000);
  });

  it('name a row whose date does not exist', async () => {
    const { work } = await importText(timed('28.02.2024', '31.02.2024'));
    expect((await refusal(work, 'invalid-input')).message).toContain("'31.02.2024'");
  });

  it.each(['%Q', 'dd.mm.yyyy'])('refuse %s as a form of times', async (timeFormat) => {
    const { work } = await importText(timed('25.03.2024'), { timeFormat });
    const error = await refusal(work, 'invalid-input');
    expect(error.where).toBe(`timeFormat: ${timeFormat}`);
    expect(error.hint).toContain('strptime');
  });

  it('take any form of strptime, with its zone', async () => {
    const { train } = await openText(timed('25 Mar 2024 13h30 +0100'), {
      map: { user: 'user', item: 'item', reward: 'rating', time: 'time' },
      timeFormat: '%d %b %Y %Hh%M %z',
    });
    expect([...(train.times ?? [])]).toEqual([noon]);
  });

  it('are kept in the dataset’s origin', async () => {
    const { source } = (await openText(timed('25.03.2024'))).manifest;
    expect(source).toMatchObject({
      options: { decimal: 'point', timeFormat: '%d.%m.%Y' },
    });
  });

  it('never make two days of one date', () => {
    const day = fc.date({ min: new Date('1990-01-01'), max: new Date('2050-12-31') });
    fc.assert(
      fc.property(fc.array(day, { minLength: 1, maxLength: 20 }), fc.boolean(), (days, isFirst) => {
        const parts = days.map((each) => [each.getUTCDate(), each.getUTCMonth() + 1] as const);
        const texts = parts.map(([date, month], at) => {
          const order = isFirst ? [date, month] : [month, date];
          return `${order.join('/')}/${String(days[at]?.getUTCFullYear())}`;
        });
        const isTold = parts.some(([date]) => date > 12);
        const told = isFirst ? '%d/%m/%Y' : '%m/%d/%Y';
        expect(timeFormatOf(texts)).toBe(isTold ? told : null);
      }),
    );
  });
});
