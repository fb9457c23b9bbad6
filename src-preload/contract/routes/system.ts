import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { jobProgressSchema } from '../job.ts';
import { countSchema } from '../fields.ts';
import { route } from '../route.ts';
import { jobOutput } from './job.ts';

export const noticeSchema = z.object({
  level: z.enum(['info', 'warning', 'error']),
  message: z.string(),
});
export type Notice = z.infer<typeof noticeSchema>;

export const greetingSchema = z.object({
  /** Version of the contract, and of Offrec. */
  contract: z.number().int(),
  offrec: z.string(),
  /** The data folder on the core's machine. */
  home: z.string(),
  readOnly: z.boolean(),
  /** Whether the client shares the core's screen and files (window, terminal), or came over the network (browser). */
  door: z.enum(['window', 'browser', 'terminal']),
  /** Where `changes.watch` goes on from, when everything is read after this greeting. */
  cursor: countSchema,
  notices: z.array(noticeSchema).readonly(),
});
export type Greeting = z.infer<typeof greetingSchema>;

export const machineReportSchema = z.object({
  offrec: z.string(),
  device: z.enum(['native-cuda', 'native-cpu', 'portable']),
  tensorflow: z.string().nullable(),
  node: z.string(),
  threads: z.number().int(),
  /** 10^9 float32 operations a second; null when nothing could be measured. */
  gflops: z.number().nullable(),
  cache: z.object({ folder: z.string(), bytes: z.number() }),
  missing: z.array(z.object({ what: z.string(), how: z.string() })),
  platform: z.string(),
  processor: z.string(),
  memoryBytes: z.number(),
  sqlite: z.string().nullable(),
  duckdb: z.string().nullable(),
});
export type MachineReport = z.infer<typeof machineReportSchema>;

/** How the native libraries stand. Until one is there, runs compute on the portable device: slower, same results. */
export const setupStateSchema = z.object({
  /** Version of TensorFlow's library that is prepared, or null. */
  native: z.string().nullable(),
  /** NVIDIA's GPU: none found, found and unused, or in use. */
  gpu: z.enum(['none', 'offered', 'ready']),
  /** What `prepare({ cuda: true })` fetches and keeps. */
  cuda: z.object({ downloadBytes: z.number(), diskBytes: z.number() }),
  /** The preparation that is under way. */
  preparing: z.object({ cuda: z.boolean(), progress: jobProgressSchema.nullable() }).nullable(),
  /** Why the last preparation came to nothing, and what to do. */
  obstacle: z.object({ what: z.string(), how: z.string() }).nullable(),
});
export type SetupState = z.infer<typeof setupStateSchema>;

export const systemRoutes = {
  /** First call of every client. A client of another version of the contract gets `version-mismatch`. */
  hello: route.input(z.object({ contract: z.number().int() })).output(greetingSchema),
  /** How the native libraries stand: at once, and again whenever it changes. */
  setup: route.output(eventIterator(setupStateSchema)),
  /** Begins to prepare a native library; goes on when the client leaves. `busy` while another is prepared. */
  prepare: route.input(z.object({ cuda: z.boolean() })).output(z.object({})),
  /** Ends the preparation; nothing half done stays. */
  cancelPreparation: route.output(z.object({})),
  /** Looks over the installation: seconds to a minute. */
  doctor: route.output(jobOutput(machineReportSchema)),
};
