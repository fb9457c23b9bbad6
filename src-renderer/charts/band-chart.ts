import type { EChartsOption } from 'echarts';
import { countChanges, type Band } from '../lib/compare-bands.ts';
import type { NamedBand } from '../lib/compare-curves.ts';
import { formatNumber } from '../lib/format.ts';
import { escapeHtml, inkColours, labelsInside, numberAxis, tooltipLook } from './axes.ts';
import { bandSeries, pointData } from './points.ts';

/** A value from elsewhere, as a level line. */
export interface Level {
  readonly name: string;
  readonly value: number;
  /** False when its protocol is another one: it stands at the margin and does not cross the curves. */
  readonly isComparable: boolean;
}

export interface BandLook {
  readonly isDark: boolean;
  readonly logX: boolean;
  readonly logY: boolean;
  readonly xTitle: string;
  /** Ends of the axis; null leaves them to the points. */
  readonly range: { readonly from: number; readonly to: number } | null;
  readonly legend: boolean;
}

/** The places of a band that the axes can show. */
function shownOf(band: Band, { logX, logY }: BandLook): Band {
  const isShown = (value: number | undefined, isLog: boolean): boolean =>
    value !== undefined && Number.isFinite(value) && (!isLog || value > 0);
  const kept = band.places.flatMap((place, at) =>
    isShown(place, logX) && isShown(band.centres[at], logY) ? [at] : [],
  );
  const pick = (values: readonly number[]): number[] => kept.map((at) => values[at] ?? Number.NaN);
  return {
    places: pick(band.places),
    centres: pick(band.centres),
    // A logarithmic axis has no place for a lower end of zero or less: the band ends at the curve there.
    lows: kept.map((at) => (isShown(band.lows[at], logY) ? band.lows : band.centres)[at] ?? 0),
    highs: pick(band.highs),
    counts: pick(band.counts),
  };
}

/** What the tooltip tells of a place comes along with it. */
function lineData({ places, centres, lows, highs, counts }: Band) {
  const rows = places.flatMap((place, at) =>
    [place, centres[at], lows[at], highs[at], counts[at]].map((value) => value ?? Number.NaN),
  );
  return pointData(rows, ['place', 'centre', 'low', 'high', 'count']);
}

/** Marks where seeds end or begin: from there on the mean is over others than before. */
function countMarks(band: Band, colour: string, ground: string) {
  const changes = countChanges(band).slice(0, 12);
  return {
    symbol: 'circle',
    symbolSize: 7,
    itemStyle: { color: ground, borderColor: colour, borderWidth: 1.5 },
    label: {
      show: true,
      position: 'top' as const,
      color: colour,
      fontSize: 10,
      formatter: ({ value }: { value?: unknown }) => `n=${String(value)}`,
    },
    data: changes.map(({ place, count }) => ({
      coord: [place, band.centres[band.places.indexOf(place)] ?? 0],
      value: count,
    })),
  };
}

function seriesOf({ name, look: { colour, dash }, band, isGroup }: NamedBand, look: BandLook) {
  const shown = shownOf(band, look);
  const { ground } = inkColours(look.isDark);
  const hasBand = shown.lows.some((low, at) => low !== shown.highs[at]);
  return [
    ...(hasBand ? [bandSeries(`${name} band`, shown, colour, 0.16)] : []),
    {
      type: 'line' as const,
      name,
      ...lineData(shown),
      encode: { x: 0, y: 1 },
      showSymbol: shown.places.length === 1,
      symbolSize: 7,
      lineStyle: {
        width: isGroup ? 1.8 : 1.1,
        color: colour,
        type: Array.isArray(dash) ? [...(dash as readonly number[])] : (dash as string),
      },
      itemStyle: { color: colour },
      emphasis: { disabled: true },
      z: 2,
      ...(isGroup ? { markPoint: countMarks(band, colour, ground) } : {}),
    },
  ];
}

/** Dashed across the chart where the protocol is the same; a stub at the right margin where it is not. */
function levelSeries(levels: readonly Level[], isDark: boolean) {
  const { text } = inkColours(isDark);
  // Side by side, because published values often lie closer than a line of text.
  const label = (name: string, at: number) => ({
    show: true,
    formatter: name,
    color: text,
    fontSize: 10,
    position: 'insideStartTop' as const,
    distance: [6 + (at % 6) * 56, 2],
  });
  return {
    type: 'line' as const,
    name: 'Published',
    data: [],
    silent: true,
    markLine: {
      silent: true,
      symbol: 'none',
      animation: false,
      data: levels.map(({ name, value, isComparable }, at) =>
        isComparable
          ? {
              yAxis: value,
              lineStyle: { color: text, type: 'dashed' as const },
              label: label(name, at),
            }
          : [
              { x: '86%', yAxis: value, lineStyle: { color: text, type: 'dotted' as const } },
              {
                x: '97%',
                yAxis: value,
                label: { ...label(`≠ ${name}`, 0), position: 'middle' as const },
              },
            ],
      ),
    },
  };
}

interface TooltipItem {
  readonly seriesName?: string;
  readonly seriesType?: string;
  readonly marker?: unknown;
  readonly data?: unknown;
}

/** Mean ± half of the band, or its ends where it is not symmetric, and how many seeds are in it. */
function tooltipText(items: readonly TooltipItem[], xTitle: string): string {
  const lines = items.filter(({ seriesType }) => seriesType === 'line');
  const rows = lines.map(({ seriesName = '', marker, data }) => {
    const [, centre = Number.NaN, low = centre, high = centre, count = 1] = data as number[];
    const half = (high - low) / 2;
    const isEven = Math.abs(high - centre - half) <= 1e-6 * Math.abs(half);
    const spread = isEven
      ? ` ± ${formatNumber(half, 3)}`
      : ` [${formatNumber(low, 4)}, ${formatNumber(high, 4)}]`;
    const shown = `<b>${formatNumber(centre, 5)}</b>${half === 0 ? '' : spread}`;
    return `${String(marker)}${escapeHtml(seriesName)} ${shown} <span style="opacity:.7">n=${String(count)}</span>`;
  });
  const [place] = (lines[0]?.data ?? []) as number[];
  return [`${xTitle} ${formatNumber(place, 6)}`, ...rows].join('<br>');
}

/** Curves of groups: a line and its band each, and levels from elsewhere. */
export function bandChart(
  bands: readonly NamedBand[],
  levels: readonly Level[],
  look: BandLook,
): EChartsOption {
  const { text } = inkColours(look.isDark);
  const ends = look.range === null ? {} : { min: look.range.from, max: look.range.to };
  return {
    animation: false,
    backgroundColor: 'transparent',
    grid: { left: 8, right: 16, top: look.legend ? 44 : 16, bottom: 20, ...labelsInside },
    legend: {
      show: look.legend,
      type: 'scroll',
      top: 0,
      textStyle: { color: text },
      data: bands.map(({ name }) => name),
    },
    tooltip: {
      ...tooltipLook(look.isDark),
      trigger: 'axis',
      axisPointer: { type: 'line' },
      formatter: (items: unknown) =>
        tooltipText(Array.isArray(items) ? (items as TooltipItem[]) : [], look.xTitle),
    },
    xAxis: {
      ...numberAxis(look.logX, look.isDark),
      ...ends,
      name: look.xTitle,
      nameLocation: 'middle',
      nameGap: 22,
    },
    yAxis: numberAxis(look.logY, look.isDark),
    series: [
      ...bands.flatMap((band) => seriesOf(band, look)),
      ...(levels.length > 0 ? [levelSeries(levels, look.isDark)] : []),
    ] as never,
  };
}
