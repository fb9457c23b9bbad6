import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  bootstrapDifference,
  bootstrapMean,
  probabilityOfImprovement,
  probabilityOfImprovementInterval,
  stratifiedIqm,
  stratifiedIqmInterval,
} from '#report/statistics/bootstrap.ts';
import { holm } from '#report/statistics/correction.ts';
import { normalCdf, tCdf, tCritical } from '#report/statistics/distributions.ts';
import {
  cliffsDelta,
  cohensD,
  hedgesG,
  probabilityOfLarger,
} from '#report/statistics/effect-size.ts';
import { minimumDetectableDifference, testPower } from '#report/statistics/power.ts';
import type { IndexSource } from '#report/statistics/random-index.ts';
import {
  interquartileMean,
  mean,
  quantile,
  standardDeviation,
  standardError,
  type Interval,
} from '#report/statistics/sample.ts';
import { mannWhitneyTest, tInterval, welchTest } from '#report/statistics/tests.ts';

interface Comparison {
  readonly first: number[];
  readonly second: number[];
  readonly welch: { readonly t: number; readonly df: number; readonly p: number };
  readonly mannWhitney: { readonly u: number; readonly p: number };
  readonly cohensD: number;
  readonly hedgesG: number;
  readonly larger: number;
  readonly detectable: number;
  readonly power: number;
}
interface Description {
  readonly values: number[];
  readonly mean: number;
  readonly std: number;
  readonly sem: number;
  readonly interval: Pair;
  readonly iqm: number;
  readonly quantiles: number[];
}
type Pair = [number, number];
interface Draws {
  readonly indices: number[];
  readonly interval: Pair;
}
interface Fixture {
  readonly pairs: Readonly<Record<string, Comparison>>;
  readonly samples: readonly Description[];
  readonly bootstraps: {
    readonly runs: number[][];
    readonly rivals: number[][];
    readonly second: number[];
    readonly iqm: Draws & { readonly resamples: number; readonly estimate: number };
    readonly improvement: Draws & { readonly resamples: number; readonly estimate: number };
    readonly mean: Draws;
    readonly difference: Draws;
  };
  readonly distributions: Readonly<Record<'normal' | 't' | 'critical', number[][]>>;
  readonly corrections: readonly { readonly p: number[]; readonly holm: number[] }[];
}

const file = new URL('../fixtures/statistics/statistics.json', import.meta.url);
const fixture = JSON.parse(readFileSync(file, 'utf8')) as Fixture;

/** Equal to 1e-9, relative for what is larger than one. */
function expectEqual(value: number | null | undefined, wanted: number | undefined): void {
  expect(value).toBeTypeOf('number');
  const [left, right] = [value ?? Number.NaN, wanted ?? Number.NaN];
  expect(Math.abs(left - right), `${left} and ${right}`).toBeLessThan(
    1e-9 * Math.max(1, Math.abs(right)),
  );
}
function expectInterval(value: Interval | null, [low, high]: Pair): void {
  expectEqual(value?.low, low);
  expectEqual(value?.high, high);
}
/** Hands out written-down draws, and says when they do not suffice. */
function replay(indices: readonly number[]): IndexSource {
  let at = 0;
  return (count) => {
    const index = indices[at++];
    if (index === undefined || index >= count) throw new Error(`no draw below ${count} at ${at}`);
    return index;
  };
}

describe('distributions are those of SciPy', () => {
  it.each(fixture.distributions.normal)('normal at %d', (z, wanted) => {
    expectEqual(normalCdf(z ?? 0), wanted);
  });
  it.each(fixture.distributions.t)('t at %d with %d degrees', (t, df, wanted) => {
    expectEqual(tCdf(t ?? 0, df ?? 0), wanted);
  });
  it.each(fixture.distributions.critical)(
    'critical t at %d with %d degrees',
    (alpha, df, wanted) => {
      expectEqual(tCritical(alpha ?? 0, df ?? 0), wanted);
    },
  );
});

describe('one sample', () => {
  it.each(fixture.samples)('of values $values', (known) => {
    expectEqual(mean(known.values), known.mean);
    expectEqual(standardDeviation(known.values), known.std);
    expectEqual(standardError(known.values), known.sem);
    expectInterval(tInterval(known.values), known.interval);
    expectEqual(interquartileMean(known.values), known.iqm);
    [0.025, 0.25, 0.5, 0.9].forEach((share, at) => {
      expectEqual(quantile(known.values, share), known.quantiles[at]);
    });
  });
});

describe.each(Object.entries(fixture.pairs))('two samples: %s', (_name, known) => {
  const { first, second } = known;
  it('Welch’s t-test is SciPy’s', () => {
    const found = welchTest(first, second);
    expectEqual(found?.t, known.welch.t);
    expectEqual(found?.df, known.welch.df);
    expectEqual(found?.p, known.welch.p);
  });
  it('the Mann–Whitney U test is SciPy’s', () => {
    const found = mannWhitneyTest(first, second);
    expectEqual(found?.u, known.mannWhitney.u);
    expectEqual(found?.p, known.mannWhitney.p);
  });
  it('effect sizes are those of the formulas', () => {
    expectEqual(cohensD(first, second), known.cohensD);
    expectEqual(hedgesG(first, second), known.hedgesG);
    expectEqual(probabilityOfLarger(first, second), known.larger);
    expectEqual(cliffsDelta(first, second), 2 * known.larger - 1);
  });
  it('power and the least detectable difference are those of statsmodels', () => {
    const effect = Math.min(Math.abs(known.cohensD), 3);
    expectEqual(testPower(effect, first.length, second.length), known.power);
    expectEqual(minimumDetectableDifference(first, second), known.detectable);
  });
});

describe('bootstrap with the same draws', () => {
  const { runs, rivals, second, ...known } = fixture.bootstraps;
  const first = runs[0] ?? [];
  it('mean and difference are those of NumPy', () => {
    const resamples = 80;
    const means = bootstrapMean(first, { resamples, indices: replay(known.mean.indices) });
    expectInterval(means, known.mean.interval);
    const indices = replay(known.difference.indices);
    expectInterval(
      bootstrapDifference(first, second, { resamples, indices }),
      known.difference.interval,
    );
  });
  it('the interquartile mean and its stratified interval are rliable’s', () => {
    const { resamples, indices, interval, estimate } = known.iqm;
    expectEqual(stratifiedIqm(runs), estimate);
    const found = stratifiedIqmInterval(runs, { resamples, indices: replay(indices) });
    expectInterval(found, interval);
  });
  it('the probability of improvement and its interval are rliable’s', () => {
    const { resamples, indices, interval, estimate } = known.improvement;
    expectEqual(probabilityOfImprovement(runs, rivals), estimate);
    const options = { resamples, indices: replay(indices) };
    expectInterval(probabilityOfImprovementInterval(runs, rivals, options), interval);
  });
});

describe('Holm’s correction', () => {
  it.each(fixture.corrections)('of $p', ({ p, holm: wanted }) => {
    holm(p).forEach((value, at) => expectEqual(value, wanted[at]));
  });
});
