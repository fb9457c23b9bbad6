import { z } from 'zod';
import { countSchema, pathSchema } from '../limits.ts';
import { nameSchema, runIdSchema } from '../names.ts';
import { route } from '../route.ts';
import { checkpointRecordSchema } from './runs.ts';

export const verifiedCheckpointSchema = z.object({
  folder: z.string(),
  ok: z.boolean(),
  /** What is wrong, one sentence each; empty when ok. */
  problems: z.array(z.string()).readonly(),
  files: z.array(z.object({ name: z.string(), bytes: countSchema })).readonly(),
});
export type VerifiedCheckpoint = z.infer<typeof verifiedCheckpointSchema>;

const ofRun = z.object({ run: runIdSchema });

export const checkpointsRoutes = {
  /** Oldest first. */
  list: route.input(ofRun).output(z.array(checkpointRecordSchema).readonly()),
  /** Reads every file again and compares it with the manifest. */
  verify: route.input(ofRun.extend({ name: nameSchema })).output(verifiedCheckpointSchema),
  /** Copies a checkpoint (default: the newest) into a new folder on the core's machine, with a card. */
  export: route
    .input(ofRun.extend({ target: pathSchema, name: nameSchema.optional() }))
    .output(verifiedCheckpointSchema),
};
