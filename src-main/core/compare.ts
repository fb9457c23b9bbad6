import type { ComparedMetric, Grid, GridSeries } from '#contract/routes/compare.ts';
import type { SeriesAxis } from '#contract/routes/runs.ts';
import type { MetricSummary } from '#contract/run.ts';
import type { Buckets } from '#store/buckets.ts';
import type { CoreContext } from './context.ts';

export interface CurvesQuery {
  readonly of: readonly { readonly run: string; readonly metric: string }[];
  readonly axis: SeriesAxis;
  /** Most intervals of the grid. */
  readonly buckets: number;
  /** Part of the axis; all of it when absent. */
  readonly part?: { readonly from: number; readonly to: number };
  /** A grid of an earlier answer, instead of one made for these series. */
  readonly grid?: Grid;
  /** Also the least and the greatest value of each interval. */
  readonly ranges: boolean;
}

export interface Compare {
  /** The metrics that any of the runs has, by name. */
  metrics(runs: readonly string[]): ComparedMetric[];
  summaries(
    runs: readonly string[],
    metrics: readonly string[],
  ): { readonly run: string; readonly metrics: MetricSummary[] }[];
  /** Series on one grid, in the given order; one that does not exist (yet) is an empty one. */
  curves(query: CurvesQuery): { readonly grid: Grid; readonly series: GridSeries[] };
}

const powerOfTwo = (value: number): number => 2 ** Math.ceil(Math.log2(value));

/** The finest grid of at most `most` intervals that covers `low` to `high`. */
export function gridOver(low: number, high: number, most: number): Grid {
  if (!(high > low)) return { from: Number.isFinite(low) ? low : 0, width: 0, buckets: 1 };
  let width = powerOfTwo((high - low) / most);
  const fits = (): boolean => Math.floor(high / width) - Math.floor(low / width) < most;
  while (!fits()) width *= 2;
  return { from: Math.floor(low / width) * width, width, buckets: most };
}

const none = new Float64Array(0);

function onGrid(
  grid: Grid,
  buckets: Buckets,
  ranges: boolean,
): Pick<GridSeries, 'places' | 'means' | 'mins' | 'maxs'> {
  const { firstPlaces, lastPlaces } = buckets;
  // A bucket may hold points of less than its width beyond its ends; their middle never lies outside.
  const middles = firstPlaces.map((first, at) => (first + (lastPlaces[at] ?? first)) / 2);
  const intervals = middles.map((place) =>
    grid.width === 0 ? 0 : Math.floor((place - grid.from) / grid.width),
  );
  const inside = intervals.findLastIndex((interval) => interval < grid.buckets);
  const length = (intervals[inside] ?? -1) + 1;
  const spread = (values: Float64Array): Float64Array => {
    const column = new Float64Array(length).fill(Number.NaN);
    intervals.forEach((interval, at) => {
      if (interval < length) column[interval] = values[at] ?? Number.NaN;
    });
    return column;
  };
  return {
    places: spread(middles),
    means: spread(buckets.means),
    mins: ranges ? spread(buckets.mins) : none,
    maxs: ranges ? spread(buckets.maxs) : none,
  };
}

function curves(context: CoreContext, query: CurvesQuery): ReturnType<Compare['curves']> {
  const { series } = context.store.read;
  const { axis } = query;
  // One bucket is answered from the headers of chunks alone: where each series begins and ends.
  const whole = query.of.map(({ run, metric }) =>
    series.buckets(run, metric, { axis, pixels: 1, fromPlace: null, toPlace: null }),
  );
  const present = whole.filter((each) => each !== null);
  const low = query.part?.from ?? Math.min(...present.map(({ fromPlace }) => fromPlace));
  const high = query.part?.to ?? Math.max(...present.map(({ toPlace }) => toPlace));
  const grid = query.grid ?? gridOver(low, high, query.buckets);
  // One interval more, because the last one of a range holds what lies on its end.
  const pixels = grid.width === 0 ? 1 : grid.buckets + 1;
  const range = { axis, pixels, fromPlace: grid.from, toPlace: grid.from + grid.width * pixels };
  const found = query.of.map(({ run, metric }, at): GridSeries => {
    const all = whole[at] ?? null;
    const own = all === null ? null : series.buckets(run, metric, range);
    if (all === null || own === null) {
      const nowhere = { total: 0, first: Number.NaN, last: Number.NaN };
      return { run, metric, ...nowhere, places: none, means: none, mins: none, maxs: none };
    }
    const { total, fromPlace: first, toPlace: last } = all;
    return { run, metric, total, first, last, ...onGrid(grid, own, query.ranges) };
  });
  return { grid, series: found };
}

/** What a comparison of runs is made of. */
export function createCompare(context: CoreContext): Compare {
  const { series } = context.store.read;
  return {
    metrics: (runs) => series.presence(runs),
    summaries: (runs, metrics) =>
      context.store.snapshot('compare.summaries', () =>
        runs.map((run) => ({
          run,
          metrics: metrics.flatMap((metric) => series.summary(run, metric) ?? []),
        })),
      ),
    curves: (query) => context.store.snapshot('compare.curves', () => curves(context, query)),
  };
}
