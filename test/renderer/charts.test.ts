import { describe, expect, it } from 'vitest';
import { barChart } from '#renderer/charts/bar-chart.ts';
import { seriesChart, type Curve } from '#renderer/charts/series-chart.ts';
import { smooth } from '#renderer/lib/smoothing.ts';
import { cornersOf, pointsOf } from './chart-points.ts';

const curve: Curve = {
  name: 'loss',
  colour: '#4477aa',
  steps: [0, 1, 2, 3],
  means: [4, Number.NaN, 2, -1],
  mins: [3, Number.NaN, 1, -2],
  maxs: [5, Number.NaN, 3, 0],
};
const plain = { smoothing: 0, logX: false, logY: false, isDark: false };

function seriesOf(look: typeof plain, type: 'line' | 'custom'): unknown {
  const { series } = seriesChart([curve], look);
  return (series as { type: string }[]).find((each) => each.type === type);
}

describe('a chart of curves', () => {
  it('draws the mean and the range of each bucket, and leaves out what is not finite', () => {
    expect(pointsOf(seriesOf(plain, 'line'))).toEqual([
      [0, 4],
      [2, 2],
      [3, -1],
    ]);
    expect(cornersOf(seriesOf(plain, 'custom'))).toEqual([
      [0, 5],
      [2, 3],
      [3, 0],
      [3, -2],
      [2, 1],
      [0, 3],
    ]);
  });

  it('leaves out what a logarithmic axis has no place for', () => {
    const look = { ...plain, logX: true, logY: true };
    expect(pointsOf(seriesOf(look, 'line'))).toEqual([[2, 2]]);
    expect(cornersOf(seriesOf(look, 'custom'))).toEqual([
      [2, 3],
      [2, 1],
    ]);
    expect(seriesChart([curve], look)).toMatchObject({
      xAxis: { type: 'log' },
      yAxis: { type: 'log' },
    });
  });

  it('smooths the line and never the range', () => {
    const look = { ...plain, smoothing: 0.5 };
    expect(cornersOf(seriesOf(look, 'custom'))).toEqual(cornersOf(seriesOf(plain, 'custom')));
    expect(pointsOf(seriesOf(look, 'line'))).not.toEqual(pointsOf(seriesOf(plain, 'line')));
  });

  it('names its curves once there are several', () => {
    expect(seriesChart([curve], plain)).toMatchObject({ legend: { show: false } });
    const two = seriesChart([curve, { ...curve, name: 'other' }], plain);
    expect(two).toMatchObject({ legend: { show: true, data: ['loss', 'other'] } });
  });
});

describe('smoothing', () => {
  it('starts at the first value and follows s = a s + (1 - a) x without the bias of its start', () => {
    const [first, second] = smooth([8, 2], 0.5);
    expect(first).toBeCloseTo(8, 12);
    expect(second).toBeCloseTo((0.5 * 0.5 * 8 + 0.5 * 2) / 0.75, 12);
  });

  it('changes nothing with weight 0 and keeps a constant', () => {
    expect(smooth([3, 1, 2], 0)).toEqual([3, 1, 2]);
    for (const value of smooth([5, 5, 5, 5], 0.97)) expect(value).toBeCloseTo(5, 12);
  });

  it('goes on after what is not finite', () => {
    expect(smooth([1, Number.NaN, 1], 0.9)).toEqual([1, Number.NaN, expect.closeTo(1, 12)]);
  });
});

it('leaves out empty bars on a logarithmic axis', () => {
  const bars = [
    { name: 'a', value: 0 },
    { name: 'b', value: 9 },
  ];
  const look = { isDark: true, isLogarithmic: true, valueTitle: 'Rows' };
  expect(barChart(bars, look)).toMatchObject({ series: [{ data: [null, 9] }] });
});
