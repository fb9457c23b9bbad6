import { writeFile } from 'node:fs/promises';
import { OffrecError } from '#contract/errors.ts';
import { aggregationSchema, type Aggregation } from '#contract/protocol.ts';
import type { RouterClient } from '#contract/router.ts';
import { defaultRecipe, type TableRecipe } from '#contract/table-recipe.ts';
import { renderCsv } from '#report/csv.ts';
import { renderLatex } from '#report/latex.ts';
import { renderMarkdown } from '#report/markdown.ts';
import { tableOf } from '#report/recipe.ts';
import { tableRecords } from '#report/records.ts';
import type { MetricInfo, Table } from '#report/table-model.ts';
import { renderXlsx } from '#report/xlsx.ts';
import { withClient } from '../client.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { didYouMean } from '../text.ts';
import { recipeOf, type RecipeOptions } from './table-recipe.ts';

type Format = 'markdown' | 'csv' | 'latex' | 'json' | 'xlsx';

interface TableCommandOptions extends GlobalOptions, RecipeOptions {
  readonly format?: Format;
  readonly metric?: readonly string[];
  readonly aggregation?: Aggregation;
  readonly output?: string;
}

/** `offrec table EXPERIMENT…`. */
export function showTable(
  terminal: Terminal,
  options: TableCommandOptions,
  experiments: readonly string[],
): Promise<void> {
  const format = options.format ?? (terminal.json ? 'json' : 'markdown');
  if (format === 'xlsx' && options.output === undefined) {
    throw new OffrecError('usage', 'A workbook is no text.', {
      where: '--format xlsx',
      hint: 'Name its file with --output table.xlsx.',
    });
  }
  return withClient(terminal, async (client) => {
    const known = await knownMetrics(client);
    const flat = format === 'json' || format === 'csv';
    const all = known.map(({ metric }) => metric);
    const metrics = options.metric ?? (flat ? all : defaultRecipe.metrics);
    for (const name of metrics) checkMetric(name, all);
    const recipe = { ...recipeOf(options), experiments: [...experiments], metrics: [...metrics] };
    const tables = await makeTables(client, recipe, known, aggregationsOf(options, flat));
    if (tables.every(({ rows }) => rows.length === 0)) terminal.say('There are no results yet.');
    const written = await write(format, tables, experiments);
    if (options.output === undefined) return show(terminal, format, tables, String(written));
    await save(options.output, written);
    terminal.say(`Written: ${options.output}`);
  });
}

/** The headline table of experiments, for reading. */
export async function tableText(
  client: RouterClient,
  experiments: readonly string[],
): Promise<string> {
  const recipe = { ...defaultRecipe, experiments: [...experiments] };
  const tables = await makeTables(client, recipe, await knownMetrics(client), ['all-epochs']);
  return tables.map(renderMarkdown).join('\n');
}

async function knownMetrics(client: RouterClient): Promise<MetricInfo[]> {
  const methods = await client.methods.list();
  const infos = methods.flatMap(({ metrics }) => metrics);
  return [...new Map(infos.map((info) => [info.metric, info])).values()];
}

function checkMetric(name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  throw new OffrecError('not-found', `There is no metric '${name}'.`, {
    where: '--metric',
    hint: `${didYouMean(name, names)}Metrics: ${names.join(', ')}.`,
  });
}

const aggregationsOf = (
  { aggregation }: TableCommandOptions,
  all: boolean,
): readonly Aggregation[] => {
  if (aggregation !== undefined) return [aggregation];
  return all ? aggregationSchema.options : [defaultRecipe.aggregation];
};

/** One table an aggregation. */
async function makeTables(
  client: RouterClient,
  recipe: TableRecipe,
  metrics: readonly MetricInfo[],
  aggregations: readonly Aggregation[],
): Promise<Table[]> {
  const entries = await client.tables.data({
    experiments: recipe.experiments,
    metrics: recipe.metrics,
    aggregations: [...aggregations],
    references: recipe.references,
    unfinished: recipe.unfinished,
  });
  const published = recipe.published ? await client.tables.published() : [];
  const data = { entries, published, metrics };
  return aggregations.map((aggregation) => tableOf(data, { ...recipe, aggregation }));
}

async function write(
  format: Format,
  tables: readonly Table[],
  experiments: readonly string[],
): Promise<string | Uint8Array> {
  const label = experiments.join('-');
  switch (format) {
    case 'json':
      return `${JSON.stringify(tables.flatMap(tableRecords), null, 2)}\n`;
    case 'csv':
      return renderCsv(tables.flatMap(tableRecords));
    case 'latex':
      return tables.map((table) => renderLatex(table, { label })).join('\n');
    case 'markdown':
      return tables.map(renderMarkdown).join('\n');
    case 'xlsx':
      // One aggregation, because it is always named or the default.
      return tables[0] === undefined ? '' : renderXlsx(tables[0]);
  }
}

function show(terminal: Terminal, format: Format, tables: readonly Table[], text: string): void {
  // One line, as all data of the terminal.
  if (format === 'json') terminal.data(tables.flatMap(tableRecords));
  else terminal.text(text);
}

async function save(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(file, content);
  } catch (cause) {
    throw new OffrecError('read-only', 'The table could not be written.', {
      where: file,
      hint: 'Check that the folder exists and may be written to.',
      cause,
    });
  }
}
