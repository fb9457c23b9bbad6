import { z } from 'zod';
import { wireErrorSchema } from '../wire-error.ts';
import { countSchema, metricNameSchema, pathSchema } from '../fields.ts';
import { limits } from '../limits.ts';
import { nameSchema, runIdSchema } from '../names.ts';
import { route } from '../route.ts';
import { runRecordSchema, runSpecSchema } from '../run.ts';
import { playedSessionSchema, playRequestSchema } from '../session.ts';
import { jobOutput } from './job.ts';
import { checkpointRecordSchema, runFilterSchema } from './runs.ts';

export const verifiedCheckpointSchema = z.object({
  folder: z.string(),
  ok: z.boolean(),
  /** What is wrong, one sentence each; empty when ok. */
  problems: z.array(z.string()).readonly(),
  files: z.array(z.object({ name: z.string(), bytes: countSchema })).readonly(),
});
export type VerifiedCheckpoint = z.infer<typeof verifiedCheckpointSchema>;

/** A checkpoint in the list of all, with what its run is and how it did at that moment. */
export const checkpointRowSchema = checkpointRecordSchema.extend({
  /** Whether its folder is on the disk. */
  present: z.boolean(),
  of: runRecordSchema
    .pick({ experiment: true, label: true, status: true })
    .extend(runSpecSchema.pick({ dataset: true, method: true, seed: true }).shape),
  /** Newest value of each metric that was asked for, among the points that the checkpoint covers. */
  metrics: z.record(z.string(), z.number().nullable()),
});
export type CheckpointRow = z.infer<typeof checkpointRowSchema>;

/** Names one checkpoint of one run. */
export const checkpointKeySchema = z.object({ run: runIdSchema, name: nameSchema });
export type CheckpointKey = z.infer<typeof checkpointKeySchema>;

export const removedCheckpointsSchema = z.object({
  removed: countSchema,
  bytes: countSchema,
  failed: z.array(checkpointKeySchema.extend({ error: wireErrorSchema })).readonly(),
});
export type RemovedCheckpoints = z.infer<typeof removedCheckpointsSchema>;

export const checkpointSortFields = ['created', 'bytes', 'step', 'run'] as const;

/** Which checkpoints are to stay when old ones go. */
export const keepSchema = z.object({
  /** Newest of each run. At least one, so that every run can go on. */
  newest: z.number().int().min(1).max(1000).default(1),
  /** Also the one of each run at which this metric was best; null keeps none for it. */
  best: metricNameSchema.nullable().default(null),
});

const ofRun = z.object({ run: runIdSchema });

export const checkpointsRoutes = {
  /** Oldest first. */
  list: route.input(ofRun).output(z.array(checkpointRecordSchema).readonly()),
  /** Reads every file again and compares it with the manifest. */
  verify: route
    .input(ofRun.extend({ name: nameSchema }))
    .output(jobOutput(verifiedCheckpointSchema)),
  /** As `verify`, for a folder on the core's machine that may have been copied from anywhere. */
  verifyFolder: route
    .input(z.object({ folder: pathSchema }))
    .output(jobOutput(verifiedCheckpointSchema)),
  /** Copies a checkpoint (default: the newest) into a new folder on the core's machine, with a card. */
  export: route
    .input(ofRun.extend({ target: pathSchema, name: nameSchema.optional() }))
    .output(jobOutput(verifiedCheckpointSchema)),
  /** All checkpoints of the runs that the filter lets through, one page of them. */
  all: route
    .input(
      z.object({
        filter: runFilterSchema.default({}),
        /** Only final checkpoints, or only others. */
        final: z.boolean().optional(),
        sort: z
          .object({ by: z.enum(checkpointSortFields), descending: z.boolean().default(false) })
          .default({ by: 'created', descending: true }),
        offset: countSchema.default(0),
        limit: z.number().int().min(1).max(limits.pageRows).default(100),
        metrics: z.array(metricNameSchema).max(20).default([]),
      }),
    )
    .output(
      z.object({
        total: countSchema,
        /** Sum over all that were found; files that runs share are counted for each. */
        bytes: countSchema,
        rows: z.array(checkpointRowSchema).readonly(),
      }),
    ),
  /** What `remove` would take away if only some were to stay. Runs that are under way are passed over. */
  prunable: route.input(z.object({ filter: runFilterSchema.default({}), keep: keepSchema })).output(
    z.object({
      checkpoints: z.array(checkpointKeySchema.extend({ bytes: countSchema })).readonly(),
      bytes: countSchema,
      /** Runs that were passed over because they are under way. */
      passedOver: countSchema,
    }),
  ),
  /**
   * Removes checkpoints one after the other; `busy` for those of a run that is under way or will go on from them.
   * Cancelling leaves the rest: the result tells what is gone.
   */
  remove: route
    .input(z.object({ of: z.array(checkpointKeySchema).min(1).max(limits.runsAtOnce) }))
    .output(jobOutput(removedCheckpointsSchema)),
  /** One user's session with the policy of a checkpoint, in the ground truth; the same request, the same session. */
  play: route.input(playRequestSchema).output(jobOutput(playedSessionSchema)),
};
