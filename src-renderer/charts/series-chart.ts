import type { CustomSeriesRenderItem, EChartsOption } from 'echarts';
import { smooth } from '../lib/smoothing.ts';

/** One curve, condensed: an entry a bucket. */
export interface Curve {
  readonly name: string;
  readonly colour: string;
  /** Last step of each bucket. */
  readonly steps: ArrayLike<number>;
  readonly means: ArrayLike<number>;
  readonly mins: ArrayLike<number>;
  readonly maxs: ArrayLike<number>;
}

export interface ChartLook {
  /** Weight of the moving average: 0 shows what was logged. */
  readonly smoothing: number;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly isDark: boolean;
}

type Point = [step: number, value: number];
type BandPoint = [step: number, low: number, high: number];

/** A place that a logarithmic axis can show. */
const isShown = (value: number, isLog: boolean): boolean =>
  Number.isFinite(value) && (!isLog || value > 0);

function linePoints(curve: Curve, look: ChartLook): Point[] {
  const means = smooth(curve.means, look.smoothing);
  return means.flatMap((mean, index): Point[] => {
    const step = curve.steps[index] ?? Number.NaN;
    return isShown(step, look.logX) && isShown(mean, look.logY) ? [[step, mean]] : [];
  });
}

/** Least and greatest value of each bucket, without those that hold one point only. */
function bandPoints(curve: Curve, look: ChartLook): BandPoint[] {
  return Array.from(curve.means).flatMap((_mean, index): BandPoint[] => {
    const step = curve.steps[index] ?? Number.NaN;
    const low = curve.mins[index] ?? Number.NaN;
    const high = curve.maxs[index] ?? Number.NaN;
    return isShown(step, look.logX) && isShown(low, look.logY) && isShown(high, false)
      ? [[step, low, high]]
      : [];
  });
}

/** Draws a whole band as one shape, when its first point is asked for: also right on logarithmic axes. */
function bandShape(points: readonly BandPoint[], colour: string): CustomSeriesRenderItem {
  return (params, api) => {
    if (params.dataIndexInside !== 0) return null;
    const upper = points.map(([step, , high]) => api.coord([step, high]));
    const lower = points.map(([step, low]) => api.coord([step, low])).reverse();
    return {
      type: 'polygon',
      silent: true,
      shape: { points: [...upper, ...lower] },
      style: { fill: colour, opacity: 0.18 },
    };
  };
}

const axisColours = (isDark: boolean) => ({
  text: isDark ? '#9aa4b2' : '#5b6470',
  line: isDark ? '#333a44' : '#dcdfe4',
});

function axis(isLog: boolean, isDark: boolean) {
  const { text, line } = axisColours(isDark);
  return {
    type: isLog ? ('log' as const) : ('value' as const),
    scale: true,
    axisLabel: { color: text, hideOverlap: true },
    axisLine: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line, opacity: 0.6 } },
  };
}

/** Curves over steps: the mean of each bucket as a line, its range as a band, wheel and drag to zoom. */
export function seriesChart(curves: readonly Curve[], look: ChartLook): EChartsOption {
  const { text } = axisColours(look.isDark);
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: { left: 8, right: 14, top: curves.length > 1 ? 30 : 10, bottom: 8, containLabel: true },
    legend: {
      show: curves.length > 1,
      type: 'scroll',
      top: 0,
      textStyle: { color: text },
      data: curves.map(({ name }) => name),
    },
    tooltip: { trigger: 'axis', confine: true, axisPointer: { type: 'line' } },
    xAxis: axis(look.logX, look.isDark),
    yAxis: axis(look.logY, look.isDark),
    dataZoom: [{ type: 'inside', xAxisIndex: 0, filterMode: 'none' }],
    series: curves.flatMap((curve) => {
      const band = bandPoints(curve, look);
      return [
        {
          type: 'custom' as const,
          name: `${curve.name} range`,
          data: band,
          renderItem: bandShape(band, curve.colour),
          encode: { x: 0, y: [1, 2] },
          clip: true,
          silent: true,
          tooltip: { show: false },
          z: 1,
        },
        {
          type: 'line' as const,
          name: curve.name,
          data: linePoints(curve, look),
          showSymbol: curve.steps.length === 1,
          lineStyle: { width: 1.6, color: curve.colour },
          itemStyle: { color: curve.colour },
          z: 2,
        },
      ];
    }),
  };
}
