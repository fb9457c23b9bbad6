import { z } from 'zod';
import { wireErrorSchema } from './wire-error.ts';
import { nameSchema } from './names.ts';
import { protocolSchema } from './protocol.ts';

/** What a job host is asked to do: one job a process. */
export const jobSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('import'),
    importer: z.enum(['coat', 'log', 'synthetic']),
    /** Take the place of a dataset of this name, in one step. */
    replace: z.boolean(),
    name: nameSchema,
    /** Folder that will hold the dataset's folder. */
    into: z.string(),
    source: z.string().nullable(),
    /** The importer's own options; it checks them. */
    options: z.record(z.string(), z.unknown()),
  }),
  z.object({ kind: z.literal('prepare'), cuda: z.boolean() }),
  z.object({
    kind: z.literal('guess-mapping'),
    file: z.string(),
    options: z.record(z.string(), z.unknown()),
  }),
  z.object({
    kind: z.literal('check-log'),
    file: z.string(),
    options: z.record(z.string(), z.unknown()),
    /** Folder for copies of what cannot be read directly. */
    scratch: z.string(),
  }),
  z.object({ kind: z.literal('verify-dataset'), datasetFolder: z.string() }),
  z.object({ kind: z.literal('check-database'), file: z.string() }),
  z.object({
    kind: z.literal('copy-database'),
    file: z.string(),
    folder: z.string(),
    name: nameSchema,
  }),
  z.object({ kind: z.literal('compact-database'), file: z.string() }),
  z.object({ kind: z.literal('statistics'), datasetFolder: z.string() }),
  z.object({
    kind: z.literal('reference'),
    datasetFolder: z.string(),
    protocol: protocolSchema,
    episodes: z.number().int().min(1).max(10_000_000),
    seed: z.number().int().min(0).max(0xffffffff),
  }),
  z.object({
    kind: z.literal('play'),
    checkpointFolder: z.string(),
    datasetFolder: z.string(),
    user: z.number().int().nonnegative().nullable(),
    seed: z.number().int().min(0).max(0xffffffff),
    acting: protocolSchema.shape.acting.removeDefault().nullable(),
    top: z.number().int().min(1),
  }),
]);
export type Job = z.infer<typeof jobSchema>;

/** What became of a preparation: nothing stood in its way, or what did and how to remove it. */
export const preparationResultSchema = z.object({
  obstacle: z.object({ what: z.string(), how: z.string() }).nullable(),
});
export type PreparationResult = z.infer<typeof preparationResultSchema>;

export const toJobHostSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), job: jobSchema }),
  z.object({ type: z.literal('cancel') }),
]);
export type ToJobHost = z.infer<typeof toJobHostSchema>;

export const jobProgressSchema = z.object({
  stage: z.string().max(200),
  done: z.number(),
  total: z.number().nullable(),
  unit: z.string().max(80),
});

export const fromJobHostSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), progress: jobProgressSchema }),
  z.object({ type: z.literal('beat') }),
  z.object({ type: z.literal('done'), result: z.unknown() }),
  z.object({ type: z.literal('failed'), error: wireErrorSchema }),
]);
export type FromJobHost = z.infer<typeof fromJobHostSchema>;
