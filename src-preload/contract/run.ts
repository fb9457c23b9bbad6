import { z } from 'zod';
import { wireErrorSchema } from './wire-error.ts';
import { nameSchema, runIdSchema, sha256Schema } from './names.ts';
import { protocolSchema } from './protocol.ts';
import { runStatuses } from './run-status.ts';

/** What a run can ask to compute on. */
export const deviceRequests = ['auto', 'native-cuda', 'native-cpu', 'portable'] as const;

export const deviceRequestSchema = z.object({
  device: z.enum(deviceRequests).default('auto'),
  /** Threads of the native library, fixed before it loads. */
  threads: z.number().int().min(1).max(256).default(1),
  xla: z.boolean().default(false),
});
export type DeviceRequest = z.infer<typeof deviceRequestSchema>;

export const deviceInfoSchema = z.object({
  device: z.enum(['native-cuda', 'native-cpu', 'portable']),
  tensorflow: z.string().nullable(),
  node: z.string(),
  threads: z.number().int(),
  xla: z.boolean(),
});
export type DeviceInfo = z.infer<typeof deviceInfoSchema>;

/** Everything that decides the bits of a run: one dataset, one method, one configuration, one seed. */
export const runSpecSchema = z.object({
  dataset: nameSchema,
  /** Checksum of the dataset when the run was created. */
  datasetChecksum: sha256Schema,
  method: z.string(),
  /** The method's own configuration, complete with defaults. */
  config: z.record(z.string(), z.unknown()),
  seed: z.number().int().min(0).max(0xffffffff),
  protocol: protocolSchema,
  compute: deviceRequestSchema,
});
export type RunSpec = z.infer<typeof runSpecSchema>;

export const runStatusSchema = z.enum(runStatuses);
export type RunStatus = z.infer<typeof runStatusSchema>;

export const metricSummarySchema = z.object({
  metric: z.string(),
  count: z.number().int(),
  /** Points that are neither NaN nor infinite; the other values here are over these. */
  finite: z.number().int(),
  last: z.number().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
  /** Sample standard deviation over the points of the run. */
  std: z.number().nullable(),
  /** Mean over the last quarter of the points. */
  lastQuarter: z.number().nullable(),
  /** Best value in the metric's own direction and the step where it was reached. */
  best: z.number().nullable(),
  bestStep: z.number().nullable(),
});
export type MetricSummary = z.infer<typeof metricSummarySchema>;

export const phaseProgressSchema = z.object({
  /** 0-based position of the phase in the run's list. */
  phase: z.number().int(),
  phases: z.number().int(),
  name: z.string(),
  done: z.number(),
  total: z.number(),
  unit: z.string(),
  /** Steps of this phase a second, over the last seconds. */
  ratePerS: z.number().nullable(),
  remainingS: z.number().nullable(),
});
export type PhaseProgress = z.infer<typeof phaseProgressSchema>;

export const runRecordSchema = z.object({
  id: runIdSchema,
  experiment: z.string(),
  /** What the table calls it: the method's title or the label of the experiment file. */
  label: z.string(),
  spec: runSpecSchema,
  specHash: sha256Schema,
  protocolHash: sha256Schema,
  status: runStatusSchema,
  priority: z.number().int(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  parent: z.object({ run: runIdSchema, checkpoint: z.string() }).nullable(),
  progress: phaseProgressSchema.nullable(),
  device: deviceInfoSchema.nullable(),
  /** Hash over weights, slots, random streams and metrics of the newest checkpoint. */
  weightsHash: z.string().nullable(),
  error: wireErrorSchema.nullable(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
