import type { EChartsOption } from 'echarts';
import { labelsInside } from './axes.ts';

export interface Bar {
  readonly name: string;
  readonly value: number;
}

/** Bars side by side, such as a histogram; `isLogarithmic` for counts that differ by orders of magnitude. */
export function barChart(
  bars: readonly Bar[],
  look: { readonly isDark: boolean; readonly isLogarithmic?: boolean; readonly valueTitle: string },
): EChartsOption {
  const text = look.isDark ? '#9aa4b2' : '#5b6470';
  const line = look.isDark ? '#333a44' : '#dcdfe4';
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: { left: 8, right: 14, top: 28, bottom: 8, ...labelsInside },
    tooltip: { trigger: 'axis', confine: true, axisPointer: { type: 'shadow' } },
    xAxis: {
      type: 'category',
      data: bars.map(({ name }) => name),
      axisLabel: { color: text, hideOverlap: true },
      axisLine: { lineStyle: { color: line } },
    },
    yAxis: {
      type: look.isLogarithmic === true ? 'log' : 'value',
      name: look.valueTitle,
      nameTextStyle: { color: text, align: 'left' },
      axisLabel: { color: text },
      splitLine: { lineStyle: { color: line, opacity: 0.6 } },
    },
    series: [
      {
        type: 'bar',
        name: look.valueTitle,
        // A logarithmic axis has no place for nothing.
        data: bars.map(({ value }) => (look.isLogarithmic === true && value <= 0 ? null : value)),
        itemStyle: { color: '#4477aa' },
        barCategoryGap: '12%',
      },
    ],
  };
}
