import type { Published } from '#contract/published.ts';
import type { TableEntry } from '#contract/routes/tables.ts';
import type { TableRecipe } from '#contract/table-recipe.ts';
import { aggregateCells, type Cell } from './cells.ts';
import { publishedCells } from './published.ts';
import { buildTable } from './table.ts';
import type { MetricInfo, Table } from './table-model.ts';

/** What a table is made of, as the core tells it. */
export interface TableData {
  readonly entries: readonly TableEntry[];
  readonly published: readonly Published[];
  /** Everything that any method measures. */
  readonly metrics: readonly MetricInfo[];
}

/** The one way from a recipe to a table: the window and the terminal show what this makes. */
export function tableOf(data: TableData, recipe: TableRecipe): Table {
  const { aggregation, layout, datasets, methods, spread, digits, second, significance } = recipe;
  const entries = data.entries.filter(
    (entry) => entry.aggregation === aggregation && (recipe.references || !entry.reference),
  );
  const own = aggregateCells(
    entries.map((entry) => ({ ...entry, group: entry.reference ? 'reference' : 'own' })),
  );
  const cited = recipe.published ? publishedBeside(entries, data.published) : [];
  return buildTable([...own, ...cited], {
    aggregation,
    metrics: recipe.metrics.flatMap(
      (name) => data.metrics.find(({ metric }) => metric === name) ?? [],
    ),
    layout,
    datasets,
    methods,
    spread,
    digits,
    second,
    significance,
  });
}

/** Published figures for each dataset and protocol of the entries. */
function publishedBeside(entries: readonly TableEntry[], published: readonly Published[]): Cell[] {
  const settings = new Map(
    entries.map((entry) => {
      const { dataset, datasetChecksum, protocolHash, aggregation } = entry;
      return [[dataset, datasetChecksum, protocolHash, aggregation].join(' '), entry] as const;
    }),
  );
  return [...settings.values()].flatMap((entry) => {
    const { dataset, datasetChecksum, datasetKind: kind, groundTruth } = entry;
    if (kind === null || groundTruth === null) return [];
    const { protocol, protocolHash, aggregation } = entry;
    const own = { dataset, datasetChecksum, kind, groundTruth, protocol, protocolHash };
    return published.flatMap((file) => publishedCells(file, own, aggregation));
  });
}
