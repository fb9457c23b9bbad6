import { OffrecError } from '#contract/errors.ts';
import type { Runs, SeriesPoints } from './api.ts';
import type { CoreContext } from './context.ts';

const mostPixels = 20_000;

function noSeries(context: CoreContext, run: string, metric: string): OffrecError {
  const names = context.store.read.series.summaries(run).map((summary) => summary.metric);
  return new OffrecError('not-found', `Run ${run} has no series ${metric}.`, {
    hint: names.length === 0 ? 'It has none yet.' : `It has: ${names.slice(0, 30).join(', ')}.`,
  });
}

/** What a run has logged: summaries, points and buckets. */
export function createRunSeries(
  context: CoreContext,
): Pick<Runs, 'metrics' | 'points' | 'buckets'> {
  const { series } = context.store.read;
  return {
    metrics: (id, prefix = '') => series.summaries(id, prefix),
    points(id, metric, { from = 0, limit = Infinity } = {}): SeriesPoints {
      const found = series.points(id, metric, from, limit);
      if (found === null) throw noSeries(context, id, metric);
      const [points, total] = found;
      return {
        metric,
        total,
        indices: Float64Array.from(points.indices),
        steps: points.steps,
        values: points.values,
        timesMs: Float64Array.from(points.timesMs),
      };
    },
    buckets(id, metric, { pixels, fromPlace, toPlace, ...choice }) {
      if (!Number.isFinite(pixels) || pixels < 1 || pixels > mostPixels) {
        throw new OffrecError('usage', `A chart has 1 to ${String(mostPixels)} pixels.`);
      }
      const range = { pixels, fromPlace: fromPlace ?? null, toPlace: toPlace ?? null };
      const found = series.buckets(id, metric, { ...range, ...choice });
      if (found === null) throw noSeries(context, id, metric);
      return { metric, ...found };
    },
  };
}
