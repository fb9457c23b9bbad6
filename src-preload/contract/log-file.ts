import { z } from 'zod';
import { countSchema } from './fields.ts';

export const logRoles = ['user', 'item', 'reward', 'time', 'propensity'] as const;
export const columnTypes = ['integer', 'number', 'time', 'text', 'empty'] as const;
export const decimalMarks = ['point', 'comma'] as const;
export const logFormats = ['csv', 'tsv', 'jsonl', 'parquet'] as const;

const cellsSchema = z.array(z.string().nullable()).readonly();
const columnName = z.string().optional();

/** What a file of rows looks like before it is read: from its first rows alone. */
export const inspectedLogSchema = z.object({
  format: z.enum(logFormats),
  /** Null where the format has none. */
  delimiter: z.string().nullable(),
  header: z.boolean().nullable(),
  bytes: countSchema,
  /** From the size of the first rows; null where they tell nothing. */
  estimatedRows: countSchema.nullable(),
  columns: z
    .array(
      z.object({
        name: z.string(),
        type: z.enum(columnTypes),
        examples: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
  /** The guessed column of each part. */
  mapping: z.object({
    user: columnName,
    item: columnName,
    reward: columnName,
    time: columnName,
    propensity: columnName,
  }),
  /** 1: every required part was found by its name. 0: some required part was not found at all. */
  confidence: z.number(),
  /** First rows as text, one cell a column. */
  rows: z.array(cellsSchema).readonly(),
});
export type InspectedLog = z.infer<typeof inspectedLogSchema>;

/** What an import with these settings would make of a file, without importing it. */
export const checkedLogSchema = z.object({
  /** Rows that can be read, the unusable ones included. */
  rows: countSchema,
  bad: z.object({
    count: countSchema,
    /** First places with the reason, such as `clicks.csv:17: rating is not a number: x`. */
    examples: z.array(z.string()).readonly(),
  }),
  users: countSchema,
  items: countSchema,
  /** Rows that repeat an earlier pair of user and item. */
  repeatedPairs: countSchema,
  /** Over the usable rows; null when there are none. */
  reward: z.object({ min: z.number(), max: z.number(), mean: z.number() }).nullable(),
  decimal: z.enum(decimalMarks),
  /** A strptime pattern; null for ISO 8601 dates and for numbers. */
  timeFormat: z.string().nullable(),
  columns: z.array(z.string()).readonly(),
  /** First rows as text with their place in the file; `problem` says why a row would be refused. */
  preview: z
    .array(z.object({ line: countSchema, cells: cellsSchema, problem: z.string().nullable() }))
    .readonly(),
});
export type CheckedLog = z.infer<typeof checkedLogSchema>;
