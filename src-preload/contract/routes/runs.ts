import { z } from 'zod';
import { wireErrorSchema } from '../wire-error.ts';
import { checkpointInfoSchema } from '../host.ts';
import {
  countSchema,
  labelSchema,
  metricNameSchema,
  prioritySchema,
  runIdsSchema,
  settingsSchema,
  tagSchema,
} from '../fields.ts';
import { limits } from '../limits.ts';
import { nameSchema, runIdSchema } from '../names.ts';
import { route } from '../route.ts';
import { metricSummarySchema, runRecordSchema, runStatusSchema } from '../run.ts';

export const runFilterSchema = z.object({
  experiment: nameSchema.optional(),
  dataset: nameSchema.optional(),
  method: nameSchema.optional(),
  label: labelSchema.optional(),
  tag: tagSchema.optional(),
  status: z.array(runStatusSchema).max(20).optional(),
  /** Also runs that the newest version of their experiment's file no longer names. */
  superseded: z.boolean().optional(),
  /** Words that must all occur in the id, experiment, dataset, method or label, in any case. */
  text: z.string().max(200).optional(),
  /** Exactly these runs, such as those that a change named. */
  ids: z.array(runIdSchema).max(limits.runsAtOnce).optional(),
});
export type RunFilter = z.infer<typeof runFilterSchema>;

export const runSortFields = [
  'created',
  'experiment',
  'dataset',
  'method',
  'label',
  'seed',
  'status',
  'priority',
  'started',
  'ended',
] as const;

export const runSortSchema = z.object({
  by: z.enum(runSortFields),
  descending: z.boolean().default(false),
});

/** One row of the table of runs. */
export const runRowSchema = runRecordSchema.extend({
  tags: z.array(z.string()).readonly(),
  note: z.string(),
  favourite: z.boolean(),
  /** Archived runs stay as they are; tables of runs leave them out unless asked for. */
  archived: z.boolean(),
  /** Last values of the metrics that were asked for and that the run has; null where no number is finite. */
  lasts: z.record(z.string(), z.number().nullable()).readonly(),
});
export type RunRow = z.infer<typeof runRowSchema>;

export const segmentSchema = z.object({
  number: z.number().int(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  outcome: z.enum(['done', 'paused', 'stopped', 'interrupted', 'failed']).nullable(),
  reason: z.string().nullable(),
  fromCheckpoint: z.string().nullable(),
  /** Points of the run at its begin, and how many of its own became a discarded tail. */
  firstIndex: countSchema,
  discarded: countSchema,
});
export type Segment = z.infer<typeof segmentSchema>;

export const checkpointRecordSchema = checkpointInfoSchema.extend({
  run: z.string(),
  segment: z.number().int(),
  createdAt: z.string(),
  /** On the core's machine. */
  folder: z.string(),
});
export type CheckpointRecord = z.infer<typeof checkpointRecordSchema>;

export const runDetailSchema = z.object({
  record: runRecordSchema,
  folder: z.string(),
  segments: z.array(segmentSchema).readonly(),
  /** Oldest first. */
  checkpoints: z.array(checkpointRecordSchema).readonly(),
  metrics: z.array(metricSummarySchema).readonly(),
  tags: z.array(z.string()).readonly(),
  note: z.string(),
  favourite: z.boolean(),
  archived: z.boolean(),
  superseded: z.boolean(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

export const logLineSchema = z.object({
  id: z.number().int(),
  segment: z.number().int(),
  time: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  message: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

const column = z.custom<Float64Array>((value) => value instanceof Float64Array, 'a Float64Array');

/**
 * What a series is drawn over. `step`: the steps that it was logged with. `time`: seconds of training time since
 * the run's first segment began, over all segments: pauses are left out, work that a resume left behind counts.
 * `epoch`: methods log by epochs of their phase, so that this is the step; what is sampled by time instead
 * (`system/…`) stands at the epoch that the policy had reached then, straight between two epochs.
 */
export const seriesAxes = ['step', 'epoch', 'time'] as const;
export type SeriesAxis = (typeof seriesAxes)[number];

/** A series condensed for a screen: one entry a bucket that has points, in order of places on the axis. */
export const seriesBucketsSchema = z.object({
  run: runIdSchema,
  metric: z.string(),
  /** Points of the whole series. 0, with empty columns, when the run has no such series (yet). */
  total: countSchema,
  fromPlace: z.number(),
  toPlace: z.number(),
  firstPlaces: column,
  lastPlaces: column,
  /** Over the finite values; NaN where a bucket has none. */
  mins: column,
  maxs: column,
  means: column,
  /** Value of the last point as logged: NaN and infinities too. */
  lasts: column,
  counts: column,
  /** Places where the run went on in another segment, or where a fork left its source. */
  segmentStarts: column,
});
export type SeriesBuckets = z.infer<typeof seriesBucketsSchema>;

/** Points as logged; all columns have one entry a point. */
export const seriesPointsSchema = z.object({
  metric: z.string(),
  total: countSchema,
  /** 0-based number of each point within the run, over all series. */
  indices: column,
  steps: column,
  values: column,
  /** Milliseconds since the point's segment began. */
  timesMs: column,
});
export type SeriesPoints = z.infer<typeof seriesPointsSchema>;

/** A bulk action goes through all its runs: those that refused are told with their reason. */
export const bulkResultSchema = z.object({
  done: z.array(runIdSchema),
  failed: z.array(z.object({ run: runIdSchema, error: wireErrorSchema })),
});
export type BulkResult = z.infer<typeof bulkResultSchema>;

const byId = route.input(z.object({ id: runIdSchema }));
const bulk = route.input(z.object({ ids: runIdsSchema })).output(bulkResultSchema);

export const runsRoutes = {
  list: route
    .input(
      z.object({
        filter: runFilterSchema.default({}),
        sort: runSortSchema.default({ by: 'created', descending: true }),
        offset: countSchema.default(0),
        limit: z.number().int().min(1).max(limits.pageRows).default(100),
        /** Metrics whose last values come along, such as `eval/rTra`; `show` has whole summaries. */
        lasts: z.array(metricNameSchema).max(50).default([]),
      }),
    )
    .output(
      z.object({
        /** Number of all runs that the filter lets through; `rows` is one page of them. */
        total: countSchema,
        // Unchecked on the way out: a thousand rows of the core's own would take longer to check than to read.
        rows: z.array(z.custom<RunRow>()),
      }),
    ),
  show: byId.output(runDetailSchema),
  /** The id that an unambiguous beginning of at least four characters stands for. `not-found`, or `usage`. */
  resolve: route
    .input(z.object({ prefix: z.string().max(100) }))
    .output(z.object({ id: runIdSchema })),
  /** Up to `pixels` buckets of each series; together at most `limits.buckets`. */
  series: route
    .input(
      z
        .object({
          of: z
            .array(z.object({ run: runIdSchema, metric: metricNameSchema }))
            .min(1)
            .max(limits.series),
          pixels: z.number().int().min(1).max(limits.pixels),
          axis: z.enum(seriesAxes).default('step'),
          /** Part of the axis; all of it when absent. */
          fromPlace: z.number().optional(),
          toPlace: z.number().optional(),
          /** What resumes left behind instead of the live curves. */
          discarded: z.boolean().default(false),
        })
        .refine(({ of, pixels }) => of.length * pixels <= limits.buckets, {
          message: `at most ${String(limits.buckets)} buckets at once`,
        }),
    )
    .output(z.array(seriesBucketsSchema)),
  points: route
    .input(
      z.object({
        id: runIdSchema,
        metric: metricNameSchema,
        from: countSchema.default(0),
        limit: z.number().int().min(1).max(limits.points).default(10_000),
      }),
    )
    .output(seriesPointsSchema),
  /** Lines after the line `after`, oldest first; with `tail`, the newest `limit`. */
  log: route
    .input(
      z.object({
        id: runIdSchema,
        after: countSchema.default(0),
        limit: z.number().int().min(1).max(limits.logLines).default(500),
        tail: z.boolean().default(false),
      }),
    )
    .output(z.array(logLineSchema)),
  /** Resolves when each run has written its checkpoint and ended its segment. */
  pause: bulk,
  /** As pause; the runs end with status `stopped`. Their checkpoints stay. */
  stop: bulk,
  /** Queues resting runs again, from their newest checkpoints. */
  resume: bulk,
  /** Queues one run again from an older checkpoint; newer ones are removed. */
  resumeFrom: route
    .input(z.object({ id: runIdSchema, checkpoint: nameSchema }))
    .output(runRecordSchema),
  /** A new run that starts from a checkpoint of this one. */
  fork: route
    .input(
      z.object({
        id: runIdSchema,
        checkpoint: nameSchema.optional(),
        set: settingsSchema.optional(),
        label: labelSchema.optional(),
        priority: prioritySchema.optional(),
        experiment: nameSchema.optional(),
      }),
    )
    .output(runRecordSchema),
  /** Asks a running run for a checkpoint now and resolves when it is on disk. */
  checkpoint: byId.output(checkpointRecordSchema),
  setPriority: route
    .input(z.object({ ids: runIdsSchema, priority: prioritySchema }))
    .output(bulkResultSchema),
  tag: route
    .input(
      z.object({
        ids: runIdsSchema,
        add: z.array(tagSchema).max(50).default([]),
        remove: z.array(tagSchema).max(50).default([]),
      }),
    )
    .output(bulkResultSchema),
  setNote: route
    .input(z.object({ id: runIdSchema, note: z.string().max(limits.noteCharacters) }))
    .output(z.object({})),
  /** Stars and archives runs, or takes that back; what is absent stays as it is. */
  mark: route
    .input(
      z.object({
        ids: runIdsSchema,
        favourite: z.boolean().optional(),
        archived: z.boolean().optional(),
      }),
    )
    .output(bulkResultSchema),
  /** Removes runs that have ended, with their folders. */
  remove: bulk,
};
