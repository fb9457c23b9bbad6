import type { GridSeries } from '#contract/routes/compare.ts';

/** A series on a grid whose intervals hold the given means; null leaves an interval empty. */
export function gridSeries(
  run: string,
  means: readonly (number | null)[],
  places: readonly number[] = means.map((_, at) => at),
): GridSeries {
  const column = Float64Array.from(means, (mean) => mean ?? Number.NaN);
  const filled = places.filter((_, at) => means[at] !== null);
  return {
    run,
    metric: 'eval/rTra',
    total: filled.length,
    first: filled[0] ?? Number.NaN,
    last: filled.at(-1) ?? Number.NaN,
    places: Float64Array.from(places, (place, at) => (means[at] === null ? Number.NaN : place)),
    means: column,
    mins: column.map((mean) => mean - 1),
    maxs: column.map((mean) => mean + 2),
  };
}
