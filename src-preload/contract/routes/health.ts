import { z } from 'zod';
import { countSchema } from '../fields.ts';
import { route } from '../route.ts';
import { noticeSchema } from './system.ts';

/** A process of a run that is under way, whichever core started it. */
export const hostStateSchema = z.object({
  run: z.string(),
  pid: z.number().int(),
  machine: z.string(),
  /** Resident memory; null where the system does not tell it, or on another machine. */
  memoryBytes: countSchema.nullable(),
  /** How long it has not answered; 0 while it does, null when this core did not start it. */
  silentMs: z.number().nullable(),
});
export type HostState = z.infer<typeof hostStateSchema>;

export const healthSchema = z.object({
  core: z.object({ pid: z.number().int(), memoryBytes: countSchema, uptimeS: z.number() }),
  hosts: z.array(hostStateSchema),
  /** What the core had to tell outside runs, newest first. */
  notices: z.array(noticeSchema.extend({ time: z.string() })),
  /** Statements that took more than 40 ms, newest first. */
  slowQueries: z.array(z.object({ time: z.string(), name: z.string(), durationMs: z.number() })),
});
export type Health = z.infer<typeof healthSchema>;

export const healthRoutes = {
  show: route.output(healthSchema),
};
