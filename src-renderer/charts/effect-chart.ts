import type { EChartsOption } from 'echarts';
import type { EffectLine, Parameter } from '../lib/compare-effects.ts';
import { lookOf } from '../lib/compare-groups.ts';
import { formatNumber } from '../lib/format.ts';
import { escapeHtml, inkColours, labelsInside, numberAxis, tooltipLook } from './axes.ts';
import { intervalBar } from './interval-bar.ts';

interface EffectLook {
  readonly isDark: boolean;
  readonly isLog: boolean;
  readonly facetTitle: string;
}

interface Item {
  readonly seriesName?: string;
  readonly data?: { readonly note?: string };
}

/** One line: its runs, its intervals and its means. */
function seriesOf(line: EffectLine, at: number, parameter: Parameter, name: string) {
  const place = (value: string): number | string => (parameter.isNumeric ? Number(value) : value);
  const { colour, dash } = lookOf(at);
  const type = Array.isArray(dash) ? [...(dash as readonly number[])] : (dash as string);
  return [
    {
      type: 'scatter' as const,
      name: `${name} runs`,
      symbolSize: 4,
      itemStyle: { color: colour, opacity: 0.3 },
      silent: true,
      data: line.points.flatMap(({ value, values }) => values.map((y) => [place(value), y])),
    },
    {
      type: 'custom' as const,
      name: `${name} interval`,
      renderItem: intervalBar,
      encode: { x: 0, y: [1, 2] },
      itemStyle: { color: colour },
      silent: true,
      data: line.points.map(({ value, spread }) => [place(value), spread.low, spread.high]),
    },
    {
      type: 'line' as const,
      name,
      symbolSize: 8,
      lineStyle: { color: colour, width: 1.6, type },
      itemStyle: { color: colour },
      data: line.points.map(({ value, values, spread }) => ({
        value: [place(value), spread.centre],
        note:
          `${escapeHtml(parameter.name)} ${escapeHtml(value)}<br><b>${formatNumber(spread.centre, 5)}</b> ` +
          `[${formatNumber(spread.low, 4)}, ${formatNumber(spread.high, 4)}] n=${values.length}`,
      })),
    },
  ];
}

/** A metric over one setting: means with their intervals, joined; single runs as faint dots. */
export function effectChart(
  lines: readonly EffectLine[],
  parameter: Parameter,
  look: EffectLook,
): EChartsOption {
  const { text, line } = inkColours(look.isDark);
  const nameOf = (line: EffectLine): string =>
    line.name === '' ? 'Mean' : `${look.facetTitle} ${line.name}`;
  const axis = parameter.isNumeric
    ? numberAxis(look.isLog, look.isDark)
    : {
        type: 'category' as const,
        data: [...parameter.values],
        axisLabel: { color: text },
        axisLine: { lineStyle: { color: line } },
        nameTextStyle: { color: text },
      };
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: { left: 8, right: 16, top: lines.length > 1 ? 34 : 14, bottom: 22, ...labelsInside },
    legend: { show: lines.length > 1, type: 'scroll', top: 0, textStyle: { color: text } },
    tooltip: {
      ...tooltipLook(look.isDark),
      trigger: 'item',
      formatter: (item: unknown) => (item as Item).data?.note ?? '',
    },
    xAxis: {
      ...axis,
      // A logarithmic axis would end at whole decades, which can be more than half of it.
      ...(look.isLog && parameter.isNumeric ? { min: 'dataMin', max: 'dataMax' } : {}),
      name: parameter.name,
      nameLocation: 'middle',
      nameGap: 24,
    },
    yAxis: numberAxis(false, look.isDark),
    series: lines.flatMap((line, at) => seriesOf(line, at, parameter, nameOf(line))) as never,
  };
}
