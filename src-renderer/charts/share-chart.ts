import type { EChartsOption } from 'echarts';
import { labelsInside } from './axes.ts';

/** The long tail: which share of the interactions the most popular share of the items has. */
export function shareChart(
  points: readonly { readonly itemShare: number; readonly rowShare: number }[],
  isDark: boolean,
): EChartsOption {
  const text = isDark ? '#9aa4b2' : '#5b6470';
  const line = isDark ? '#333a44' : '#dcdfe4';
  const percent = (share: number): string => `${String(Math.round(share * 100))} %`;
  const axis = {
    type: 'value' as const,
    min: 0,
    max: 1,
    nameTextStyle: { color: text },
    axisLabel: { color: text, formatter: percent },
    splitLine: { lineStyle: { color: line, opacity: 0.6 } },
  };
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: { left: 8, right: 20, top: 28, bottom: 26, ...labelsInside },
    tooltip: {
      trigger: 'axis',
      confine: true,
      valueFormatter: (value) => percent(Number(value)),
      axisPointer: { label: { formatter: ({ value }) => percent(Number(value)) } },
    },
    xAxis: {
      ...axis,
      name: 'Share of the items, most popular first',
      nameLocation: 'middle',
      nameGap: 24,
    },
    yAxis: {
      ...axis,
      name: 'Share of the interactions',
      nameTextStyle: { color: text, align: 'left' },
    },
    series: [
      {
        name: 'Interactions',
        type: 'line',
        showSymbol: false,
        data: points.map(({ itemShare, rowShare }) => [itemShare, rowShare]),
        itemStyle: { color: '#4477aa' },
        areaStyle: { opacity: 0.12 },
      },
      {
        name: 'Evenly spread',
        type: 'line',
        showSymbol: false,
        silent: true,
        data: [
          [0, 0],
          [1, 1],
        ],
        lineStyle: { type: 'dashed', color: text, width: 1 },
        itemStyle: { color: text },
      },
    ],
  };
}
