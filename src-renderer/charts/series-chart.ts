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
  /** Drawn beside the others: what was discarded, or another run's. */
  readonly isAside?: boolean;
}

export interface ChartLook {
  /** Weight of the moving average: 0 shows what was logged. */
  readonly smoothing: number;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly isDark: boolean;
  readonly xTitle?: string;
  /** Ends of the horizontal axis; those of the curves when absent. */
  readonly range?: { readonly from: number; readonly to: number } | null;
  /** Places where the run went on after a break. */
  readonly breaks?: readonly number[];
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

function horizontalAxis({ logX, isDark, xTitle, range = null }: ChartLook) {
  return {
    ...axis(logX, isDark),
    nameLocation: 'middle' as const,
    nameGap: 22,
    nameTextStyle: { color: axisColours(isDark).text },
    ...(xTitle === undefined ? {} : { name: xTitle }),
    ...(range === null ? {} : { min: range.from, max: range.to }),
  };
}

function lineLook({ colour, isAside = false }: Curve) {
  const type = isAside ? ('dashed' as const) : ('solid' as const);
  return { width: 1.6, color: colour, type, opacity: isAside ? 0.55 : 1 };
}

function breakLines({ breaks = [], isDark }: ChartLook) {
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: axisColours(isDark).text, type: 'dotted' as const, width: 1 },
    data: breaks.map((place) => ({ xAxis: place })),
  };
}

/** Curves over an axis: the mean of each bucket as a line, its range as a band. */
export function seriesChart(curves: readonly Curve[], look: ChartLook): EChartsOption {
  const { text } = axisColours(look.isDark);
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: {
      left: 8,
      right: 14,
      top: curves.length > 1 ? 30 : 10,
      bottom: look.xTitle === undefined ? 8 : 22,
      containLabel: true,
    },
    legend: {
      show: curves.length > 1,
      type: 'scroll',
      top: 0,
      textStyle: { color: text },
      data: curves.map(({ name }) => name),
    },
    tooltip: { trigger: 'axis', confine: true, axisPointer: { type: 'line' } },
    xAxis: horizontalAxis(look),
    yAxis: axis(look.logY, look.isDark),
    series: curves.flatMap((curve, index) => {
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
          lineStyle: lineLook(curve),
          ...(index > 0 ? {} : { markLine: breakLines(look) }),
          itemStyle: { color: curve.colour },
          z: 2,
        },
      ];
    }),
  };
}
