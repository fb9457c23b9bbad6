import type { EChartsOption } from 'echarts';
import type { WorldPreview } from '#contract/world.ts';
import { labelsInside } from './axes.ts';

function colours(isDark: boolean): { text: string; line: string } {
  return isDark ? { text: '#9aa4b2', line: '#333a44' } : { text: '#5b6470', line: '#dcdfe4' };
}

function frame(isDark: boolean): EChartsOption {
  const { text } = colours(isDark);
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: { left: 8, right: 12, top: 40, bottom: 26, ...labelsInside },
    legend: { top: 0, left: 0, textStyle: { color: text }, itemWidth: 14, itemHeight: 8 },
    tooltip: { trigger: 'axis', confine: true },
  };
}

function axis(name: string, isDark: boolean): object {
  const { text, line } = colours(isDark);
  return {
    name,
    nameTextStyle: { color: text },
    axisLabel: { color: text, hideOverlap: true },
    axisLine: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line, opacity: 0.6 } },
  };
}

/** Exposure of the items, most shown first, beside what they are worth in truth and in the log. */
export function exposureChart({ curve }: WorldPreview, isDark: boolean): EChartsOption {
  const places = curve.map((_, at) => at + 1);
  return {
    ...frame(isDark),
    xAxis: {
      ...axis('Items, most shown first', isDark),
      type: 'category',
      data: places,
      nameLocation: 'middle',
      nameGap: 24,
    },
    yAxis: [
      { ...axis('Interactions', isDark), type: 'value' },
      { ...axis('Reward', isDark), type: 'value', scale: true, splitLine: { show: false } },
    ],
    series: [
      {
        name: 'Interactions in the log',
        type: 'bar',
        data: curve.map(({ rows }) => rows),
        itemStyle: { color: isDark ? '#3f5570' : '#b8cbe0' },
        barCategoryGap: '0%',
      },
      {
        name: 'True mean reward',
        type: 'scatter',
        yAxisIndex: 1,
        symbolSize: 5,
        data: curve.map(({ trueMean }) => trueMean),
        itemStyle: { color: '#228833' },
      },
      {
        name: 'Logged mean reward',
        type: 'scatter',
        yAxisIndex: 1,
        symbolSize: 4,
        data: curve.map(({ loggedMean }) => loggedMean),
        itemStyle: { color: '#ee6677', opacity: 0.75 },
      },
    ],
  };
}

/** Rewards that the log shows beside all that are there. */
export function rewardChart({ rewards }: WorldPreview, isDark: boolean): EChartsOption {
  return {
    ...frame(isDark),
    xAxis: {
      ...axis('Reward', isDark),
      type: 'category',
      data: rewards.map(({ from }) => String(Number(from.toFixed(2)))),
      nameLocation: 'middle',
      nameGap: 24,
    },
    yAxis: {
      ...axis('Share', isDark),
      type: 'value',
    },
    series: [
      {
        name: 'In the log',
        type: 'bar',
        data: rewards.map(({ logged }) => logged),
        itemStyle: { color: '#ee6677' },
      },
      {
        name: 'True mean of every pair',
        type: 'bar',
        data: rewards.map((bin) => bin.true),
        itemStyle: { color: '#228833' },
      },
    ],
  };
}
