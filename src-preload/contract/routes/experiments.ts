import { z } from 'zod';
import { estimateSchema } from '../estimate.ts';
import { experimentFileSchema } from '../experiment.ts';
import { countSchema } from '../fields.ts';
import { limits } from '../limits.ts';
import { nameSchema, runIdSchema, sha256Schema } from '../names.ts';
import { route } from '../route.ts';
import { runSpecSchema, runStatusSchema } from '../run.ts';
import { jobOutput } from './job.ts';

export const experimentRecordSchema = z.object({
  name: z.string(),
  description: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  file: experimentFileSchema,
  /** Runs of the newest version of the file, by status. */
  counts: z.partialRecord(runStatusSchema, countSchema),
});
export type ExperimentRecord = z.infer<typeof experimentRecordSchema>;

export const plannedRunSchema = z.object({
  label: z.string(),
  spec: runSpecSchema,
  specHash: sha256Schema,
  protocolHash: sha256Schema,
  /** A run of this experiment that already has this specification. */
  existing: runIdSchema.nullable(),
});
export type PlannedRun = z.infer<typeof plannedRunSchema>;

/** An experiment file as text, so that errors can name its lines. */
const textSchema = z.object({
  text: z.string().max(limits.experimentFileCharacters),
  format: z.enum(['yaml', 'json']).default('yaml'),
  /** What errors call the file; default: `experiment.yaml` or `experiment.json`. */
  filename: z.string().min(1).max(limits.pathCharacters).optional(),
  /** Changes of single fields, in order, each `path=value` with a value in YAML: `seeds=[0,1]`, `dorl.epochs=50`. */
  overrides: z.array(z.string().max(limits.overrideCharacters)).max(limits.overrides).optional(),
});

/** One thing that is wrong with an experiment file. Lines and columns count from 1; null where it has no place. */
export const fileProblemSchema = z.object({
  message: z.string(),
  hint: z.string().nullable(),
  line: z.number().int().positive().nullable(),
  column: z.number().int().positive().nullable(),
  /** Path of the field, such as `methods[0].set.epochs`; empty for the file as a whole. */
  field: z.string(),
});
export type FileProblem = z.infer<typeof fileProblemSchema>;

export const experimentPlanSchema = z.object({
  file: experimentFileSchema,
  /** Number of all runs; `runs` holds the first of them. */
  total: countSchema,
  existing: countSchema,
  runs: z.array(plannedRunSchema),
  estimate: estimateSchema,
});
export type ExperimentPlan = z.infer<typeof experimentPlanSchema>;

const byName = route.input(z.object({ name: nameSchema }));

export const experimentsRoutes = {
  list: route.output(z.array(experimentRecordSchema)),
  show: byName.output(experimentRecordSchema),
  /** Text to file, checked against the form of experiment files and the methods' own fields. Writes nothing. */
  parse: route.input(textSchema).output(experimentFileSchema),
  /** Expands grids and checks everything without writing. */
  expand: route
    .input(
      textSchema.extend({
        offset: countSchema.default(0),
        limit: z.number().int().min(0).max(limits.pageRows).default(100),
      }),
    )
    .output(
      z.object({
        file: experimentFileSchema,
        /** Number of all runs; `runs` holds those from `offset` on. */
        total: countSchema,
        /** How many of all are there already. */
        existing: countSchema,
        runs: z.array(plannedRunSchema),
      }),
    ),
  /** Everything that is wrong with a file, or what it would run and take. Writes nothing, refuses no text. */
  check: route
    .input(textSchema.extend({ limit: z.number().int().min(0).max(limits.pageRows).default(100) }))
    .output(
      z.object({ problems: z.array(fileProblemSchema), plan: experimentPlanSchema.nullable() }),
    ),
  /**
   * Makes a small world whose truth is known, and queues two methods in it; what is there is used again. With
   * `start` somebody starts the runs.
   */
  demo: route
    .input(z.object({ start: z.boolean().default(true) }))
    .output(jobOutput(z.object({ name: z.string() }))),
  /**
   * Makes the experiment be what the file says: missing runs are added and queued, the same ones are kept.
   * `again` makes every run anew; without `requeue` resting runs stay as they are.
   */
  create: route
    .input(textSchema.extend({ again: z.boolean().optional(), requeue: z.boolean().optional() }))
    .output(
      z.object({
        name: z.string(),
        runs: z.array(runIdSchema),
        added: countSchema,
        reused: countSchema,
      }),
    ),
  /** Removes the experiment with its runs. `busy` while one is running. */
  remove: byName.output(z.object({})),
};
