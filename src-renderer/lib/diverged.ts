import type { SeriesBuckets } from '#contract/routes/runs.ts';

type Shown = Pick<SeriesBuckets, 'firstPlaces' | 'lastPlaces' | 'means' | 'lasts'>;

/**
 * What is wrong with the numbers of a series that is shown; null where all are finite. A curve just ends where they
 * stop being so, which looks like a run that goes on.
 *
 * @param axis what the places are called, such as `step`.
 */
export function divergedText(series: Shown, axis: string): string | null {
  const { firstPlaces, lastPlaces, means, lasts } = series;
  let from = lasts.length;
  while (from > 0 && !Number.isFinite(lasts[from - 1])) from -= 1;
  if (from < lasts.length) {
    // A bucket with finite points as well has become so somewhere within.
    const place = (Number.isFinite(means[from]) ? lastPlaces : firstPlaces)[from] ?? 0;
    return `not finite since ${axis} ${String(Number(place.toPrecision(6)))}`;
  }
  const isBroken = lasts.some((last) => !Number.isFinite(last)) || means.some(Number.isNaN);
  return isBroken ? 'some points are not finite' : null;
}
