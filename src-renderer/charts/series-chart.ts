import type { EChartsOption } from 'echarts';
import { smooth } from '../lib/smoothing.ts';
import { inkColours, labelsInside, numberAxis, tooltipLook } from './axes.ts';
import { bandSeries, pointData, type BandEnds } from './points.ts';

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

/** A place that a logarithmic axis can show. */
const isShown = (value: number, isLog: boolean): boolean =>
  Number.isFinite(value) && (!isLog || value > 0);

function lineData(curve: Curve, look: ChartLook) {
  const means = smooth(curve.means, look.smoothing);
  const numbers = means.flatMap((mean, index): number[] => {
    const step = curve.steps[index] ?? Number.NaN;
    return isShown(step, look.logX) && isShown(mean, look.logY) ? [step, mean] : [];
  });
  return pointData(numbers, ['step', 'mean']);
}

/** Least and greatest value of each bucket. */
function rangeOf(curve: Curve, look: ChartLook): BandEnds {
  const at = (values: ArrayLike<number>, index: number): number => values[index] ?? Number.NaN;
  const kept = Array.from(curve.means, (_mean, index) => index).filter(
    (index) =>
      isShown(at(curve.steps, index), look.logX) &&
      isShown(at(curve.mins, index), look.logY) &&
      isShown(at(curve.maxs, index), false),
  );
  const pick = (values: ArrayLike<number>): number[] => kept.map((index) => at(values, index));
  return { places: pick(curve.steps), lows: pick(curve.mins), highs: pick(curve.maxs) };
}

function horizontalAxis({ logX, isDark, xTitle, range = null }: ChartLook) {
  return {
    ...numberAxis(logX, isDark),
    nameLocation: 'middle' as const,
    nameGap: 22,
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
    lineStyle: { color: inkColours(isDark).text, type: 'dotted' as const, width: 1 },
    data: breaks.map((place) => ({ xAxis: place })),
  };
}

/** Curves over an axis: the mean of each bucket as a line, its range as a band. */
export function seriesChart(curves: readonly Curve[], look: ChartLook): EChartsOption {
  const { text } = inkColours(look.isDark);
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: {
      left: 8,
      right: 14,
      top: curves.length > 1 ? 30 : 10,
      bottom: look.xTitle === undefined ? 8 : 22,
      ...labelsInside,
    },
    legend: {
      show: curves.length > 1,
      type: 'scroll',
      top: 0,
      textStyle: { color: text },
      data: curves.map(({ name }) => name),
    },
    tooltip: { ...tooltipLook(look.isDark), trigger: 'axis', axisPointer: { type: 'line' } },
    xAxis: horizontalAxis(look),
    yAxis: numberAxis(look.logY, look.isDark),
    series: curves.flatMap((curve, index) => {
      const range = rangeOf(curve, look);
      return [
        ...(range.places.length === 0
          ? []
          : [bandSeries(`${curve.name} range`, range, curve.colour, 0.18)]),
        {
          type: 'line' as const,
          name: curve.name,
          ...lineData(curve, look),
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
