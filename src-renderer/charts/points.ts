import type { CustomSeriesRenderItem } from 'echarts';

/**
 * Data of a series of a chart, number after number: arrays of arrays are copied through and through each time that a
 * chart is drawn, these are not. ECharts takes them as they are, although its types do not say so.
 */
export function pointData(
  numbers: readonly number[],
  dimensions: readonly string[],
): { data: never; dimensions: string[] } {
  return { data: Float64Array.from(numbers) as never, dimensions: [...dimensions] };
}

/** A band over an axis, an entry a place. */
export interface BandEnds {
  readonly places: readonly number[];
  readonly lows: readonly number[];
  readonly highs: readonly number[];
}

const leastOf = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b));
const greatestOf = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b));

/** Draws a whole band when its first corner is asked for. */
function bandShape({ places, lows, highs }: BandEnds, fill: string, opacity: number) {
  const draw: CustomSeriesRenderItem = (params, api) => {
    if (params.dataIndexInside !== 0) return null;
    const along = (values: readonly number[]): number[][] =>
      places.map((place, at) => api.coord([place, values[at]]));
    return {
      type: 'polygon',
      silent: true,
      shape: { points: [...along(highs), ...along(lows).reverse()] },
      style: { fill, opacity },
    };
  };
  return draw;
}

/** A band of one place or more, as one shape: its data are no more than the corners that make room for it. */
export function bandSeries(name: string, ends: BandEnds, fill: string, opacity: number) {
  const { places, lows, highs } = ends;
  const [low, high] = [leastOf(lows), greatestOf(highs)];
  const corners = [places[0], low, high, places.at(-1), low, high].map((each) => each ?? 0);
  return {
    type: 'custom' as const,
    name,
    ...pointData(corners, ['place', 'low', 'high']),
    renderItem: bandShape(ends, fill, opacity),
    encode: { x: 0, y: [1, 2] },
    clip: true,
    silent: true,
    tooltip: { show: false },
    z: 1,
  };
}
