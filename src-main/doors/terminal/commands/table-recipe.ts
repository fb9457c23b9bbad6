import { OffrecError } from '#contract/errors.ts';
import {
  defaultRecipe,
  layoutSchema,
  type Layout,
  type Significance,
  type Spread,
  type TableRecipe,
} from '#contract/table-recipe.ts';

/** What the flags of `offrec table` say of how a table looks. */
export interface RecipeOptions {
  readonly layout?: string;
  readonly dataset?: readonly string[];
  readonly method?: readonly string[];
  readonly spread: Spread;
  readonly digits?: number;
  readonly second: boolean;
  readonly baseline?: string;
  readonly test: Significance['test'];
  readonly alpha: number;
  readonly holm: boolean;
  readonly published?: boolean;
  readonly references: boolean;
  readonly unfinished?: boolean;
}

/** Flags as a recipe; experiments and metrics are the caller's. */
export function recipeOf(options: RecipeOptions): TableRecipe {
  return {
    ...defaultRecipe,
    layout: options.layout === undefined ? defaultRecipe.layout : layoutOf(options.layout),
    datasets: options.dataset === undefined ? null : [...options.dataset],
    methods: options.method === undefined ? null : [...options.method],
    spread: options.spread,
    digits: options.digits ?? null,
    second: options.second,
    significance: options.baseline === undefined ? null : significanceOf(options.baseline, options),
    references: options.references,
    published: options.published ?? false,
    unfinished: options.unfinished ?? false,
  };
}

/** `method/dataset,metric`: rows before the stroke, columns behind it, outermost first. */
function layoutOf(text: string): Layout {
  const [rows = '', columns = '', ...more] = text.split('/');
  const names = (part: string): string[] => part.split(',').filter((name) => name !== '');
  const parsed = layoutSchema.safeParse({ rows: names(rows), columns: names(columns) });
  if (parsed.success && more.length === 0) return parsed.data;
  throw new OffrecError('usage', `'${text}' is no layout.`, {
    where: '--layout',
    hint: 'Name method, dataset and metric once each: rows, a stroke, columns, such as method/dataset,metric.',
  });
}

const significanceOf = (baseline: string, { test, alpha, holm }: RecipeOptions): Significance => ({
  baseline: baseline === 'best' ? null : baseline,
  test,
  alpha,
  correction: holm ? 'holm' : 'none',
});
