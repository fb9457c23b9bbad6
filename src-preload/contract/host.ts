import { z } from 'zod';
import { wireErrorSchema } from './wire-error.ts';
import { nameSchema } from './names.ts';
import { deviceInfoSchema, phaseProgressSchema, runSpecSchema } from './run.ts';

const finite = (column: Float64Array): boolean => column.every((value) => Number.isFinite(value));

/**
 * What the core and a train host say to each other, over `process.send` or a utility process's port.
 * Metric points travel as typed columns, one entry a point, which structured clone copies as memory.
 */
export const metricBatchSchema = z
  .object({
    /** Sequence number of the batch within the host's life, from 0. */
    sequence: z.number().int().nonnegative(),
    /** Number of points of the run before this batch, over all segments: the store acknowledges by count. */
    firstIndex: z.number().int().nonnegative(),
    names: z.array(z.string().min(1).max(200)).max(4096),
    /** Per point: index into `names`. */
    series: z.instanceof(Uint16Array),
    steps: z.instanceof(Float64Array).refine(finite, 'steps must be finite'),
    /** Any number, NaN and infinities included. */
    values: z.instanceof(Float64Array),
    /** Milliseconds since the segment began. */
    timesMs: z.instanceof(Float64Array).refine(finite, 'times must be finite'),
  })
  .refine(
    (batch) =>
      batch.series.length <= 4096 &&
      [batch.steps, batch.values, batch.timesMs].every(
        (column) => column.length === batch.series.length,
      ),
    'the columns of a batch must have one length, at most 4096',
  )
  .refine(
    (batch) => batch.series.every((name) => name < batch.names.length),
    'a point names no series',
  );
export type MetricBatch = z.infer<typeof metricBatchSchema>;

export const checkpointInfoSchema = z.object({
  /** Folder name inside the run's `checkpoints` folder. */
  name: nameSchema,
  phase: z.number().int(),
  step: z.number(),
  bytes: z.number().int(),
  /** Points of the run that this checkpoint covers; later ones are a discarded tail after a resume. */
  metricCount: z.number().int().nonnegative(),
  /** Hash over weights, slots, random streams and metrics. */
  hash: z.string(),
  final: z.boolean(),
});
export type CheckpointInfo = z.infer<typeof checkpointInfoSchema>;

export const toHostSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    runId: z.string(),
    segment: z.number().int().positive(),
    spec: runSpecSchema,
    /** Folder of the dataset, of the run and of the shared world-model cache. */
    datasetFolder: z.string(),
    runFolder: z.string(),
    cacheFolder: z.string(),
    /** Checkpoint folder to continue from, or null for a fresh start. */
    resumeFrom: z.string().nullable(),
    /** Points of the run that the store holds and that the checkpoint covers. */
    metricCount: z.number().int().nonnegative(),
    checkpointEveryS: z.number().positive(),
  }),
  z.object({ type: z.literal('acknowledge'), count: z.number().int().nonnegative() }),
  /** A checkpoint that the host announced is in the store. */
  z.object({ type: z.literal('checkpoint-kept'), name: nameSchema }),
  /** Finish the step, write a checkpoint, flush, exit with status 0. */
  z.object({ type: z.literal('pause') }),
  /** As pause, but the run ends. */
  z.object({ type: z.literal('stop') }),
  z.object({ type: z.literal('checkpoint') }),
]);
export type ToHost = z.infer<typeof toHostSchema>;

export const fromHostSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), device: deviceInfoSchema }),
  z.object({ type: z.literal('metrics'), batch: metricBatchSchema }),
  z.object({
    type: z.literal('progress'),
    progress: phaseProgressSchema,
    rssBytes: z.number(),
    tensors: z.number(),
  }),
  z.object({ type: z.literal('checkpoint'), checkpoint: checkpointInfoSchema }),
  z.object({
    type: z.literal('log'),
    level: z.enum(['info', 'warning', 'error']),
    message: z.string(),
  }),
  z.object({
    type: z.literal('ended'),
    outcome: z.enum(['done', 'paused', 'stopped']),
    checkpoint: checkpointInfoSchema.nullable(),
  }),
  z.object({ type: z.literal('failed'), error: wireErrorSchema }),
  z.object({ type: z.literal('beat') }),
]);
export type FromHost = z.infer<typeof fromHostSchema>;

/**
 * What a train host leaves in its run's folder when the core has gone before it: the points that nobody
 * acknowledged and its last checkpoint. The next owner of the queue takes it up. Format 1.
 */
export const orphanNoteSchema = z.object({
  format: z.literal(1),
  segment: z.number().int().positive(),
  outcome: z.enum(['done', 'paused', 'stopped', 'failed']),
  error: wireErrorSchema.nullable(),
  checkpoints: z.array(checkpointInfoSchema).max(1000),
  batches: z
    .array(
      z.object({
        firstIndex: z.number().int().nonnegative(),
        names: z.array(z.string().min(1).max(200)).max(4096),
        /** Columns of a batch as base64 of their little-endian bytes. */
        series: z.base64(),
        steps: z.base64(),
        values: z.base64(),
        timesMs: z.base64(),
      }),
    )
    .max(100_000),
});
export type OrphanNote = z.infer<typeof orphanNoteSchema>;

/** Name of the orphan note inside a run's folder. */
export const orphanNoteFile = 'orphan.json';
