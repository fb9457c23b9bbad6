import { z } from 'zod';
import { nameSchema } from './names.ts';
import { aggregationSchema } from './protocol.ts';

export const dimensionSchema = z.enum(['method', 'dataset', 'metric']);
/** What stands in the rows or columns of a table. */
export type Dimension = z.infer<typeof dimensionSchema>;

const dimensionsSchema = z.array(dimensionSchema).max(3);

/** Outermost first. Every dimension stands exactly once, and rows are never empty. */
export const layoutSchema = z
  .object({ rows: dimensionsSchema.min(1), columns: dimensionsSchema })
  .refine(({ rows, columns }) => {
    const all = [...rows, ...columns];
    return all.length === 3 && new Set(all).size === 3;
  }, 'method, dataset and metric stand once each, in rows or in columns');
export type Layout = z.infer<typeof layoutSchema>;

/**
 * What stands beside a mean. `std`: sample standard deviation; `sem`: standard error; `ci`: half of Student's 95 %
 * interval; `bootstrap`: the 95 % percentile interval itself.
 */
export const spreadSchema = z.enum(['std', 'sem', 'ci', 'bootstrap', 'none']);
export type Spread = z.infer<typeof spreadSchema>;

export const significanceSchema = z.object({
  /** The label of the row that all others are compared with; null: with the best of their column. */
  baseline: z.string().min(1).max(120).nullable(),
  test: z.enum(['welch', 'mann-whitney']),
  /** Level of the test. */
  alpha: z.number().gt(0).lt(0.5),
  /** Whether p values are corrected for being several, after Holm. */
  correction: z.enum(['holm', 'none']),
});
export type Significance = z.infer<typeof significanceSchema>;

/** Everything that makes a table what it is, but for the values: kept under a name, it makes the table again. */
export const tableRecipeSchema = z.object({
  experiments: z.array(nameSchema).max(100),
  /** Metric names such as `rTra`, in order. */
  metrics: z.array(z.string().min(1).max(80)).max(50),
  aggregation: aggregationSchema,
  layout: layoutSchema,
  /** Names in order; null: all, in the order of the experiments. */
  datasets: z.array(z.string().max(120)).max(100).nullable(),
  /** Labels of own methods in order; null: all. */
  methods: z.array(z.string().max(160)).max(500).nullable(),
  spread: spreadSchema,
  /** Digits after the point; null: each metric's own. */
  digits: z.number().int().min(0).max(12).nullable(),
  /** Whether the second of a column is underlined. */
  second: z.boolean(),
  significance: significanceSchema.nullable(),
  references: z.boolean(),
  published: z.boolean(),
  /** Whether runs that have not ended count too. */
  unfinished: z.boolean(),
});
export type TableRecipe = z.infer<typeof tableRecipeSchema>;

/** What is shown when nothing was chosen: methods by datasets and metrics, as most papers print it. */
export const defaultRecipe: TableRecipe = {
  experiments: [],
  metrics: ['rTra', 'rEach', 'length'],
  aggregation: 'all-epochs',
  layout: { rows: ['method'], columns: ['dataset', 'metric'] },
  datasets: null,
  methods: null,
  spread: 'std',
  digits: null,
  second: true,
  significance: null,
  references: true,
  published: false,
  unfinished: false,
};
