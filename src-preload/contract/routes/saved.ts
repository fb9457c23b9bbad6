import { z } from 'zod';
import { route } from '../route.ts';
import { tableRecipeSchema } from '../table-recipe.ts';

const savedNameSchema = z.string().trim().min(1).max(80);
const keySchema = z.string().max(300);

/** How the table of runs is looked at. */
export const runTableViewSchema = z.object({
  /** Keys of the columns, in their order. */
  columns: z.array(keySchema).max(500).readonly(),
  groupBy: z.array(keySchema).max(50).readonly(),
  sort: z.object({ key: keySchema, descending: z.boolean() }).readonly(),
  /** The filter as it was typed. */
  query: z.string().max(4000),
  /** Pixels of columns that were given a width of their own. */
  widths: z.record(keySchema, z.number().min(0).max(10_000)).readonly(),
});

const namedTableSchema = z.object({ name: savedNameSchema, recipe: tableRecipeSchema });
const namedRunViewSchema = z.object({ name: savedNameSchema, view: runTableViewSchema });
const mostOfAKind = 500;

/** What readers keep under a name, for everybody who uses the data folder; each list by name. */
export const savedThingsSchema = z.object({
  tables: z.array(namedTableSchema).max(mostOfAKind).readonly(),
  runViews: z.array(namedRunViewSchema).max(mostOfAKind).readonly(),
});
export type SavedThings = z.infer<typeof savedThingsSchema>;

export const savedRoutes = {
  list: route.output(savedThingsSchema),
  /** Keeps a table's recipe; one of the same name is replaced. `invalid-input` when there are too many. */
  putTable: route.input(namedTableSchema).output(savedThingsSchema),
  /** The same for a view of the runs. */
  putRunView: route.input(namedRunViewSchema).output(savedThingsSchema),
  /** Deletes what has this name; nothing when nothing has it. */
  remove: route
    .input(z.object({ kind: z.enum(['tables', 'runViews']), name: savedNameSchema }))
    .output(savedThingsSchema),
};
