import type { EChartsOption } from 'echarts';
import { seriesColours } from '../lib/colours.ts';
import { inkColours, labelsInside, numberAxis, tooltipLook } from './axes.ts';

const grid = { left: 8, right: 14, top: 10, bottom: 22, ...labelsInside };
const [blue = '#4477aa'] = seriesColours;

const named = (name: string, isDark: boolean) => ({
  ...numberAxis(false, isDark),
  name,
  nameLocation: 'middle' as const,
  nameGap: 22,
});

/** Mean truth over mean prediction of each bin, with the diagonal of a calibrated model. */
export function calibrationChart(
  predicted: readonly number[],
  truth: readonly number[],
  isDark: boolean,
): EChartsOption {
  const all = [...predicted, ...truth];
  const ends = [Math.min(...all), Math.max(...all)];
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid,
    tooltip: { trigger: 'item', ...tooltipLook(isDark) },
    xAxis: named('predicted reward', isDark),
    yAxis: numberAxis(false, isDark),
    series: [
      {
        type: 'line',
        name: 'calibrated',
        data: ends.map((end) => [end, end]),
        showSymbol: false,
        silent: true,
        lineStyle: { type: 'dashed', width: 1, color: inkColours(isDark).text },
      },
      {
        type: 'line',
        name: 'true reward',
        data: predicted.map((place, bin) => [place, truth[bin] ?? Number.NaN]),
        symbolSize: 7,
        showSymbol: true,
        itemStyle: { color: blue },
        lineStyle: { color: blue, width: 1.6 },
      },
    ],
  };
}

/** One bar for each tenth, from the least to the most. */
export function residualChart(tenths: readonly number[], isDark: boolean): EChartsOption {
  const { text, line } = inkColours(isDark);
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid,
    tooltip: { trigger: 'item', ...tooltipLook(isDark) },
    xAxis: {
      type: 'category',
      data: tenths.map((_, bin) => String(bin + 1)),
      name: 'tenth',
      nameLocation: 'middle',
      nameGap: 22,
      nameTextStyle: { color: text },
      axisLabel: { color: text },
      axisLine: { lineStyle: { color: line } },
    },
    // A bar without its zero tells nothing.
    yAxis: { ...numberAxis(false, isDark), scale: false },
    series: [{ type: 'bar', data: [...tenths], itemStyle: { color: blue } }],
  };
}
