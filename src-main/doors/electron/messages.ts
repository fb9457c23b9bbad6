import { z } from 'zod';
import { wireErrorSchema } from '#contract/wire-error.ts';
import { runStatusSchema } from '#contract/run.ts';

/**
 * What the main process and the core say to each other. Windows and hosts reach the core over lines of their own: where
 * the core is a utility process a line is a message port that main hands over and forgets; where it is a Node child,
 * main carries what is said on it (`line-data`).
 */

const lineId = z.int().nonnegative();
const hostId = z.int().nonnegative();

export const linePurposeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('window') }),
  z.strictObject({ kind: z.literal('host'), host: hostId }),
]);
export type LinePurpose = z.infer<typeof linePurposeSchema>;

const lineData = z.strictObject({ type: z.literal('line-data'), line: lineId, data: z.unknown() });
const lineClosed = z.strictObject({ type: z.literal('line-closed'), line: lineId });

export const toCoreSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('start'),
    home: z.string(),
    version: z.string(),
    /** What runs and jobs are started as. */
    hosts: z.enum(['utility', 'node']),
  }),
  z.strictObject({ type: z.literal('line'), line: lineId, purpose: linePurposeSchema }),
  lineData,
  lineClosed,
  z.strictObject({ type: z.literal('host-started'), host: hostId, pid: z.int() }),
  z.strictObject({ type: z.literal('host-output'), host: hostId, text: z.string() }),
  z.strictObject({
    type: z.literal('host-exit'),
    host: hostId,
    code: z.int().nullable(),
    signal: z.string().nullable(),
    failure: z.string().nullable(),
  }),
  z.strictObject({ type: z.literal('stop') }),
]);
export type ToCore = z.infer<typeof toCoreSchema>;

export const activitySchema = z.strictObject({
  running: z.int(),
  /** Runs that will start by themselves: none while the queue is held. */
  queued: z.int(),
  /** Mean over the runs that run now; null when none has told. */
  fraction: z.number().min(0).max(1).nullable(),
});
export type Activity = z.infer<typeof activitySchema>;

export const fromCoreSchema = z.discriminatedUnion('type', [
  /** Its code is there; from now on it reads the data folder, which may be long after an unclean end. */
  z.strictObject({ type: z.literal('opening') }),
  z.strictObject({ type: z.literal('ready') }),
  /** The data folder cannot be opened: starting again would not help. */
  z.strictObject({ type: z.literal('refused'), error: wireErrorSchema }),
  z.strictObject({ type: z.literal('beat') }),
  lineData,
  lineClosed,
  z.strictObject({
    type: z.literal('launch'),
    host: hostId,
    entry: z.string(),
    name: z.string().max(200),
    environment: z.record(z.string(), z.string()),
  }),
  z.strictObject({
    type: z.literal('kill'),
    host: hostId,
    signal: z.enum(['SIGTERM', 'SIGKILL']),
  }),
  z.strictObject({ type: z.literal('activity'), activity: activitySchema }),
  z.strictObject({
    type: z.literal('run-ended'),
    run: z.string(),
    title: z.string(),
    status: runStatusSchema,
    reason: z.string().nullable(),
  }),
]);
export type FromCore = z.infer<typeof fromCoreSchema>;
