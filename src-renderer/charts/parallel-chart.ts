import type { EChartsOption } from 'echarts';
import { inkColours } from './axes.ts';

/** One vertical axis. Values of axes that are not numbers are names. */
export interface ParallelAxis {
  readonly name: string;
  readonly title: string;
  readonly isNumeric: boolean;
  readonly values: readonly string[];
  readonly isLog: boolean;
  readonly isFlipped: boolean;
}

export interface ParallelLine {
  readonly values: readonly (number | string)[];
  /** 0 to 1: the place of the result between the least and the greatest. */
  readonly shade: number;
}

/** From blue over grey to red; told apart in both themes, and by colour-blind readers. */
const shades = ['#2166ac', '#4393c3', '#92a5b8', '#d6865a', '#b2182b'];

function shadeOf(share: number): string {
  const at = Math.min(shades.length - 1, Math.floor(share * shades.length));
  return shades[at] ?? '#888888';
}

/** Runs as lines over their settings and results; a drag along an axis chooses a part of it. */
export function parallelChart(
  axes: readonly ParallelAxis[],
  lines: readonly ParallelLine[],
  look: { readonly isDark: boolean },
): EChartsOption {
  const { text, line, strong } = inkColours(look.isDark);
  return {
    animation: false,
    backgroundColor: 'transparent',
    parallel: { left: 50, right: 70, top: 34, bottom: 24 },
    parallelAxis: axes.map((axis, dim) => ({
      dim,
      id: axis.name,
      name: axis.title,
      type: axis.isNumeric ? (axis.isLog ? 'log' : 'value') : 'category',
      ...(axis.isNumeric ? { scale: true } : { data: [...axis.values] }),
      ...(axis.isNumeric && axis.isLog ? { min: 'dataMin', max: 'dataMax' } : {}),
      inverse: axis.isFlipped,
      nameTextStyle: { color: strong, fontSize: 12 },
      axisLabel: { color: text },
      axisLine: { lineStyle: { color: line } },
      areaSelectStyle: { width: 16, borderColor: text, color: text, opacity: 0.25 },
    })) as never,
    series: [
      {
        type: 'parallel',
        smooth: false,
        lineStyle: { width: 1.5, opacity: 0.7 },
        inactiveOpacity: 0.06,
        activeOpacity: 0.9,
        data: lines.map(({ values, shade }) => ({
          value: [...values],
          lineStyle: { color: shadeOf(shade) },
        })),
      },
    ] as never,
  };
}
