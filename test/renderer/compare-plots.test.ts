import { describe, expect, it } from 'vitest';
import { bandChart } from '#renderer/charts/band-chart.ts';
import { moved, zoomed } from '#renderer/lib/axis-part.ts';
import { bandOf } from '#renderer/lib/compare-bands.ts';
import { effectLines, parametersOf } from '#renderer/lib/compare-effects.ts';
import { gapFinding, gapSeries, promisedReturn } from '#renderer/lib/compare-gap.ts';
import { lookOf } from '#renderer/lib/compare-groups.ts';
import { levelsOf } from '#renderer/lib/compare-published.ts';
import { passes } from '#renderer/lib/parallel-brush.ts';
import { protocolSchema } from '#contract/protocol.ts';
import { publishedSchema } from '#contract/published.ts';
import { cornersOf, pointsOf } from './chart-points.ts';
import { gridSeries } from './grid-series.ts';
import { runRow } from './rows.ts';

describe('the effect of a setting', () => {
  const rows = [0.01, 0.1, 1].flatMap((lambda) =>
    [1, 2].map((depth) => runRow({ rTra: 10 * lambda + depth, config: { lambda, depth, k: 3 } })),
  );
  const [depth, lambda] = parametersOf(rows);
  if (depth === undefined || lambda === undefined) throw new Error('settings differ');
  const result = (row: (typeof rows)[number]): number | null => row.lasts['final/rTra'] ?? null;

  it('is drawn over the settings in which runs differ, by ratios where they span decades', () => {
    expect(parametersOf(rows).map(({ name, isLogarithmic }) => [name, isLogarithmic])).toEqual([
      ['depth', false],
      ['lambda', true],
    ]);
    expect(lambda.values).toEqual(['0.01', '0.1', '1']);
  });

  it('averages over the other settings, or has a line for each of their values', () => {
    const [all] = effectLines(rows, lambda, null, result, 'range');
    expect(all?.points.map(({ spread }) => spread)).toEqual([
      { centre: 1.6, low: 1.1, high: 2.1 },
      { centre: 2.5, low: 2, high: 3 },
      { centre: 11.5, low: 11, high: 12 },
    ]);
    const lines = effectLines(rows, lambda, depth, result, 'range');
    expect(lines.map(({ name, points }) => [name, points[0]?.spread.centre])).toEqual([
      ['1', 1.1],
      ['2', 2.1],
    ]);
  });
});

it('keeps the lines that go through every chosen part, of numbers and of names', () => {
  const axes = [
    { name: 'x', isNumeric: true, values: [] },
    { name: 'kind', isNumeric: false, values: ['a', 'b', 'c'] },
  ];
  const brushes = new Map([
    [
      'x',
      [
        [0, 1],
        [5, 6],
      ] as const,
    ],
    ['kind', [[1, 2]] as const],
  ]);
  expect(passes([0.5, 'b'], axes, brushes)).toBe(true);
  expect(passes([5.5, 'c'], axes, brushes)).toBe(true);
  expect(passes([2, 'b'], axes, brushes)).toBe(false);
  expect(passes([0.5, 'a'], axes, brushes)).toBe(false);
  expect(passes([2, 'a'], axes, new Map())).toBe(true);
});

describe('a part of an axis', () => {
  const whole = { from: 0, to: 100 };

  it('is zoomed around a place and ends where the axis ends', () => {
    expect(zoomed(whole, whole, 0.5)).toEqual({ from: 25, to: 75 });
    expect(zoomed(whole, whole, 0.5, { centre: 0 })).toEqual({ from: 0, to: 50 });
    expect(zoomed({ from: 60, to: 100 }, whole, 2)).toEqual({ from: 40, to: 100 });
    expect(zoomed({ from: 20, to: 80 }, whole, 4)).toBeNull();
  });

  it('is zoomed and moved by ratios on a logarithmic axis', () => {
    const decades = { from: 1, to: 10_000 };
    const part = zoomed(decades, decades, 0.5, { isLog: true });
    expect(part?.from).toBeCloseTo(10, 9);
    expect(part?.to).toBeCloseTo(1000, 9);
    const next = moved({ from: 10, to: 1000 }, decades, 0.5, true);
    expect([next.from, next.to].map((end) => Math.round(end))).toEqual([100, 10_000]);
  });

  it('moves no further than the ends', () => {
    expect(moved({ from: 10, to: 30 }, whole, -1)).toEqual({ from: 0, to: 20 });
    expect(moved({ from: 10, to: 30 }, whole, 0.25)).toEqual({ from: 15, to: 35 });
  });
});

describe('the reward gap', () => {
  it('is the optimism of every step of the evaluated episodes', () => {
    const truth = gridSeries('a', [60, 62], [10, 20]);
    const optimism = gridSeries('a', [0.1, 0.2, 0.3], [5, 10, 20]);
    const length = gridSeries('a', [30, 30], [10, 20]);
    const promised = promisedReturn(truth, optimism, length);
    expect([...promised.means]).toEqual([66, 71]);
    expect([...gapSeries(truth, promised).means]).toEqual([6, 9]);
  });

  it('is read between two points, and unknown outside of them', () => {
    const truth = gridSeries('a', [1, 2, 3], [0, 10, 30]);
    const simulated = gridSeries('a', [0, 8], [5, 15]);
    expect([...gapSeries(truth, simulated).means]).toEqual([Number.NaN, 2, Number.NaN]);
  });

  it('finds the epoch from which a policy pleases its model only', () => {
    const band = (values: readonly number[]) => bandOf([gridSeries('a', values)], 'sem');
    const promised = band([50, 62, 70, 80]);
    expect(gapFinding(band([50, 60, 55, 45]), promised)).toEqual({
      lastPlace: 3,
      lastGap: 35,
      bestPlace: 1,
      bestTruth: 60,
      lastTruth: 45,
      divergesAt: 1,
    });
    expect(gapFinding(band([50, 60, 61, 62]), promised)?.divergesAt).toBeNull();
    // The better of two seeds ends early: the mean falls, the return of neither does.
    const two = bandOf([gridSeries('a', [90, 92]), gridSeries('b', [50, 52, 53, 54])], 'sem');
    expect(two.centres).toEqual([70, 72, 53, 54]);
    expect(gapFinding(two, promised)).toMatchObject({
      lastPlace: 1,
      lastTruth: 72,
      bestTruth: 72,
      divergesAt: null,
    });
    // The true return falls, and the model knows it.
    expect(gapFinding(band([50, 60, 55, 45]), band([50, 62, 57, 46]))?.divergesAt).toBeNull();
  });
});

describe('published values', () => {
  const protocol = protocolSchema.parse({});
  const file = publishedSchema.parse({
    format: 1,
    title: 'Paper',
    source: 'Table 2',
    reference: 'Somebody',
    dataset: { kind: 'coat', groundTruth: 'supplied' },
    protocol,
    seeds: 1,
    spreadOver: 'epochs',
    rows: [{ method: 'dorl', label: 'DORL', values: { 'all-epochs': { rTra: { mean: 71 } } } }],
  });
  const own = { dataset: 'coat', kind: 'coat', groundTruth: 'supplied', protocolHash: 'x' };

  it('stand among the curves under the same rules, and apart under others', () => {
    const level = { name: 'DORL', value: 71 };
    expect(levelsOf([file], [{ ...own, protocol }], 'eval/rTra')).toMatchObject([
      { ...level, isComparable: true, differences: [] },
    ]);
    const shorter = { ...own, protocol: { ...protocol, maxLength: 10 } };
    const [apart] = levelsOf([file], [shorter], 'eval/rTra');
    expect(apart).toMatchObject({ ...level, isComparable: false });
    expect(apart?.differences).toEqual(['maxLength 30 there, 10 here']);
    expect(levelsOf([file], [{ ...own, kind: 'log', protocol }], 'eval/rTra')).toEqual([]);
    expect(levelsOf([file], [{ ...own, protocol }], 'train/loss')).toEqual([]);
  });

  it('cross the chart dashed, or stand dotted at its margin', () => {
    const levels = [
      { name: 'DORL', value: 71, isComparable: true },
      { name: 'CRR', value: 60, isComparable: false },
    ];
    const look = { isDark: false, logX: false, logY: false, xTitle: 'Step', range: null };
    const { series } = bandChart([], levels, { ...look, legend: false });
    expect(series).toMatchObject([
      {
        markLine: {
          data: [
            { yAxis: 71, lineStyle: { type: 'dashed' } },
            [{ x: '86%', yAxis: 60, lineStyle: { type: 'dotted' } }, { x: '97%' }],
          ],
        },
      },
    ]);
  });
});

describe('the chart of bands', () => {
  const look = { isDark: false, logX: false, logY: false, xTitle: 'Step', legend: false };
  const band = bandOf([gridSeries('a', [1, 2, 4]), gridSeries('b', [3, 4])], 'range');
  const named = { name: 'DORL <b>', look: lookOf(0), band, isGroup: true };

  it('draws middle, ends and number of seeds, and marks where the number changes', () => {
    const { series } = bandChart([named], [], { ...look, range: null });
    const [ends, line] = series as unknown[];
    expect(cornersOf(ends)).toEqual([
      [0, 3],
      [1, 4],
      [2, 4],
      [2, 4],
      [1, 2],
      [0, 1],
    ]);
    expect(pointsOf(line)).toEqual([
      [0, 2, 1, 3, 2],
      [1, 3, 2, 4, 2],
      [2, 4, 4, 4, 1],
    ]);
    expect(line).toMatchObject({ markPoint: { data: [{ coord: [2, 4], value: 1 }] } });
  });

  it('makes room for all of the band', () => {
    const { series } = bandChart([named], [], { ...look, range: null });
    expect(pointsOf((series as unknown[])[0])).toEqual([
      [0, 1, 4],
      [2, 1, 4],
    ]);
  });

  it('tells names and numbers in the tooltip, as text', () => {
    const { tooltip } = bandChart([named], [], { ...look, range: null });
    const { formatter } = tooltip as { formatter: (items: unknown) => string };
    const item = { seriesName: 'DORL <b>', seriesType: 'line', marker: '•', data: [1, 3, 2, 4, 2] };
    expect(formatter([item])).toBe(
      'Step 1<br>•DORL &lt;b&gt; <b>3</b> ± 1 <span style="opacity:.7">n=2</span>',
    );
  });

  it('has no place for zero on logarithmic axes and ends a band at its curve there', () => {
    const { series } = bandChart([{ ...named, band: { ...band, lows: [-1, 2, 4] } }], [], {
      ...look,
      logX: true,
      logY: true,
      range: null,
    });
    expect(pointsOf((series as unknown[])[1])).toEqual([
      [1, 3, 2, 4, 2],
      [2, 4, 4, 4, 1],
    ]);
  });
});
