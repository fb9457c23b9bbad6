import { expect, it } from 'vitest';
import { divergedText } from '#renderer/lib/diverged.ts';

const nothing = Number.NaN;
const series = (means: number[], lasts: number[]) => ({
  firstPlaces: Float64Array.from(means, (_, at) => at * 100),
  lastPlaces: Float64Array.from(means, (_, at) => at * 100 + 99),
  means: Float64Array.from(means),
  lasts: Float64Array.from(lasts),
});

it('tells from where on the points of a series are not finite', () => {
  expect(divergedText(series([1, 2, 3], [1, 2, 3]), 'step')).toBeNull();
  expect(divergedText(series([], []), 'step')).toBeNull();
  expect(divergedText(series([1, nothing, nothing], [1, nothing, nothing]), 'step')).toBe(
    'not finite since step 100',
  );
  // The second bucket has finite points too: it ended within.
  expect(divergedText(series([1, 2, nothing], [1, Infinity, nothing]), 'epoch')).toBe(
    'not finite since epoch 199',
  );
  expect(divergedText(series([1, nothing, 3], [1, nothing, 3]), 'step')).toBe(
    'some points are not finite',
  );
});
