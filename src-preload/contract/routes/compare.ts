import { z } from 'zod';
import { countSchema, metricNameSchema } from '../fields.ts';
import { limits } from '../limits.ts';
import { runIdSchema } from '../names.ts';
import { route } from '../route.ts';
import { metricSummarySchema } from '../run.ts';
import { seriesAxes } from './runs.ts';

const column = z.custom<Float64Array>((value) => value instanceof Float64Array, 'a Float64Array');
const comparedRunsSchema = z.array(runIdSchema).min(1).max(limits.comparedRuns);

/** A metric that any of the runs has logged. */
export const comparedMetricSchema = z.object({
  metric: z.string(),
  /** Runs that have it, and points of the longest of their series. */
  runs: countSchema,
  points: countSchema,
  direction: z.enum(['max', 'min', 'none']),
});
export type ComparedMetric = z.infer<typeof comparedMetricSchema>;

/**
 * Equal intervals that all series of one chart are condensed on. Widths are powers of two and borders multiples of
 * them, so that a growing series keeps its grid until the width doubles.
 */
export const gridSchema = z.object({
  from: z.number(),
  /** Width of an interval; 0 when all points lie in one place. */
  width: z.number().nonnegative(),
  buckets: z.number().int().min(1).max(limits.pixels),
});
export type Grid = z.infer<typeof gridSchema>;

/** A series on a grid: an entry an interval, NaN where it has no finite point; cut after the last one that has. */
export const gridSeriesSchema = z.object({
  run: runIdSchema,
  metric: z.string(),
  /** Points of the whole series, and where they begin and end; NaN for both when it has none. */
  total: countSchema,
  first: z.union([z.number(), z.nan()]),
  last: z.union([z.number(), z.nan()]),
  /** Middle of the first and the last point's place. */
  places: column,
  means: column,
  /** Least and greatest values; empty unless `ranges` was asked for. */
  mins: column,
  maxs: column,
});
export type GridSeries = z.infer<typeof gridSeriesSchema>;

export const compareRoutes = {
  /** The metrics that any of the runs has, by name. */
  metrics: route
    .input(z.object({ runs: comparedRunsSchema }))
    .output(z.array(comparedMetricSchema)),
  /** Summaries of chosen metrics; what a run does not have is left out. */
  summaries: route
    .input(z.object({ runs: comparedRunsSchema, metrics: z.array(metricNameSchema).max(100) }))
    .output(z.array(z.object({ run: runIdSchema, metrics: z.array(metricSummarySchema) }))),
  /** Series on one grid, at most `buckets` intervals: over all points, over a part, or on a grid given before. */
  curves: route
    .input(
      z
        .object({
          of: z
            .array(z.object({ run: runIdSchema, metric: metricNameSchema }))
            .min(1)
            .max(limits.comparedRuns),
          axis: z.enum(seriesAxes).default('step'),
          buckets: z.number().int().min(1).max(limits.pixels),
          part: z.object({ from: z.number(), to: z.number() }).optional(),
          grid: gridSchema.optional(),
          ranges: z.boolean().default(false),
        })
        .refine(
          ({ of, buckets, grid }) => of.length * (grid?.buckets ?? buckets) <= limits.buckets,
          {
            message: `at most ${String(limits.buckets)} buckets at once`,
          },
        ),
    )
    .output(z.object({ grid: gridSchema, series: z.array(gridSeriesSchema) })),
};
