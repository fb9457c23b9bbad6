import type { EChartsOption } from 'echarts';
import type { Spread } from '../lib/compare-bands.ts';
import type { GroupLook } from '../lib/compare-groups.ts';
import { formatNumber } from '../lib/format.ts';
import { escapeHtml, inkColours, labelsInside, numberAxis, tooltipLook } from './axes.ts';
import { whisker } from './interval-bar.ts';

/** A group's one value a seed, and what they are condensed to. */
export interface DotRow {
  readonly name: string;
  readonly look: GroupLook;
  readonly values: readonly number[];
  readonly spread: Spread | null;
}

function tooltipText({ name, values, spread }: DotRow): string {
  const shown =
    spread === null
      ? '–'
      : `<b>${formatNumber(spread.centre, 5)}</b> [${formatNumber(spread.low, 4)}, ${formatNumber(spread.high, 4)}]`;
  return `${escapeHtml(name)}<br>${shown} <span style="opacity:.7">n=${values.length}</span>`;
}

/** The seeds, their intervals and their middles. */
function seriesOf(rows: readonly DotRow[]) {
  return [
    {
      type: 'scatter',
      name: 'Seeds',
      symbolSize: 6,
      data: rows.flatMap(({ values, look: { colour } }, row) =>
        values.map((value) => ({
          value: [value, row],
          row,
          itemStyle: { color: colour, opacity: 0.4 },
        })),
      ),
    },
    {
      type: 'custom',
      name: 'Interval',
      renderItem: whisker,
      encode: { x: [1, 2], y: 0 },
      data: rows.flatMap(({ spread, look: { colour } }, row) =>
        spread === null
          ? []
          : [{ value: [row, spread.low, spread.high], row, itemStyle: { color: colour } }],
      ),
    },
    {
      type: 'scatter',
      name: 'Middle',
      symbolSize: 11,
      data: rows.flatMap(({ spread, look: { colour, marker } }, row) =>
        spread === null
          ? []
          : [{ value: [spread.centre, row], row, symbol: marker, itemStyle: { color: colour } }],
      ),
    },
  ];
}

/** Groups below each other: the seeds as faint dots, their middle with its interval. */
export function dotChart(
  rows: readonly DotRow[],
  look: { readonly isDark: boolean },
): EChartsOption {
  const { text, line } = inkColours(look.isDark);
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: { left: 8, right: 20, top: 8, bottom: 8, ...labelsInside },
    tooltip: {
      ...tooltipLook(look.isDark),
      trigger: 'item',
      formatter: (item: unknown) => {
        const { data } = item as { data?: { row?: number } };
        const row = rows[data?.row ?? -1];
        return row === undefined ? '' : tooltipText(row);
      },
    },
    xAxis: numberAxis(false, look.isDark),
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ name }) => name),
      axisLabel: { color: text, width: 150, overflow: 'truncate' },
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
    },
    series: seriesOf(rows) as never,
  };
}
