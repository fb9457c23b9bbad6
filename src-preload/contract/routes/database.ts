import { z } from 'zod';
import { countSchema } from '../fields.ts';
import { nameSchema } from '../names.ts';
import { route } from '../route.ts';
import { jobOutput } from './job.ts';

/** A part of the data folder. */
export const homeFolderSchema = z.object({
  part: z.enum(['database', 'backups', 'datasets', 'checkpoints', 'runs', 'cache']),
  /** On the core's machine. */
  path: z.string(),
  bytes: countSchema,
});
export type HomeFolder = z.infer<typeof homeFolderSchema>;

export const backupSchema = z.object({
  name: nameSchema,
  /** Why it was written: at the end of a session, before the schema was upgraded, or because somebody asked. */
  kind: z.enum(['session', 'upgrade', 'asked']),
  writtenAt: z.string(),
  bytes: countSchema,
});
export type Backup = z.infer<typeof backupSchema>;

export const databaseInfoSchema = z.object({
  file: z.string(),
  /** The file and its write-ahead log. */
  bytes: countSchema,
  /** Of them, what compacting would give back. */
  freeBytes: countSchema,
  schemaVersion: z.number().int(),
  runs: countSchema,
  points: countSchema,
  /** Backup that takes the database's place at the next start; null when none was asked for. */
  restoring: z.string().nullable(),
});
export type DatabaseInfo = z.infer<typeof databaseInfoSchema>;

export const databaseRoutes = {
  info: route.output(databaseInfoSchema),
  /** Sizes of the data folder's parts: reads every folder, which takes a while when there are many runs. */
  folders: route.output(jobOutput(z.array(homeFolderSchema))),
  /** Reads the whole file and compares indexes with tables. No problems: it is sound. */
  check: route.output(jobOutput(z.object({ problems: z.array(z.string()) }))),
  /** Newest first. */
  backups: route.output(z.array(backupSchema)),
  backup: route.output(jobOutput(backupSchema)),
  removeBackup: route.input(z.object({ name: nameSchema })).output(z.object({})),
  /**
   * Lets a backup take the database's place at the next start, when nobody else has it open. What is there now is kept
   * beside it. Null takes the request back.
   */
  restore: route.input(z.object({ name: nameSchema.nullable() })).output(z.object({})),
  /** Rewrites the file without its gaps. `busy` while a run is under way. */
  compact: route.output(jobOutput(z.object({ freedBytes: z.number() }))),
};
