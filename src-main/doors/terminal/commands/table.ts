import { OffrecError } from '#contract/errors.ts';
import { aggregationSchema, type Aggregation } from '#contract/protocol.ts';
import type { RouterClient } from '#contract/router.ts';
import type { TableEntry } from '#contract/routes/tables.ts';
import { aggregateCells, type Cell } from '#report/cells.ts';
import { renderCsv } from '#report/csv.ts';
import { renderLatex } from '#report/latex.ts';
import { renderMarkdown } from '#report/markdown.ts';
import { publishedCells } from '#report/published.ts';
import { tableRecords } from '#report/records.ts';
import type { MetricInfo, Spread, Table } from '#report/table-model.ts';
import { buildTable } from '#report/table.ts';
import { withClient } from '../client.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { didYouMean } from '../text.ts';

type Format = 'markdown' | 'csv' | 'latex' | 'json';

interface TableCommandOptions extends GlobalOptions {
  readonly format?: Format;
  readonly metric?: readonly string[];
  readonly aggregation?: Aggregation;
  readonly spread: Spread;
  readonly digits?: number;
  readonly published?: boolean;
  readonly references: boolean;
  readonly underlineSecond?: boolean;
}

/** What a reader looks at first; the others are shown by name, and all of them in CSV and JSON. */
const headlineMetrics = ['rTra', 'rEach', 'length'];

/** `offrec table EXPERIMENT…`. */
export function showTable(
  terminal: Terminal,
  options: TableCommandOptions,
  experiments: readonly string[],
): Promise<void> {
  const format = options.format ?? (terminal.json ? 'json' : 'markdown');
  return withClient(terminal, async (client) => {
    const known = await knownMetrics(client);
    const flat = format === 'json' || format === 'csv';
    const named = options.metric ?? (flat ? known.map(({ metric }) => metric) : headlineMetrics);
    const tables = await makeTables(client, experiments, {
      ...options,
      metrics: named.map((name) => infoOf(name, known)),
      aggregations: aggregationsOf(options.aggregation, flat),
    });
    if (tables.every(({ rows }) => rows.length === 0)) terminal.say('There are no results yet.');
    write(terminal, format, tables, experiments, options.underlineSecond ?? false);
  });
}

/** The headline table of experiments, for reading. */
export async function tableText(
  client: RouterClient,
  experiments: readonly string[],
): Promise<string> {
  const known = await knownMetrics(client);
  const metrics = headlineMetrics.map((name) => infoOf(name, known));
  const options = { metrics, aggregations: ['all-epochs'] as const, spread: 'std' as const };
  const tables = await makeTables(client, experiments, { ...options, references: true });
  return tables.map(renderMarkdown).join('\n');
}

async function knownMetrics(client: RouterClient): Promise<MetricInfo[]> {
  const methods = await client.methods.list();
  const infos = methods.flatMap(({ metrics }) => metrics);
  return [...new Map(infos.map((info) => [info.metric, info])).values()];
}

function infoOf(name: string, known: readonly MetricInfo[]): MetricInfo {
  const info = known.find(({ metric }) => metric === name);
  if (info !== undefined) return info;
  const names = known.map(({ metric }) => metric);
  throw new OffrecError('not-found', `There is no metric '${name}'.`, {
    where: '--metric',
    hint: `${didYouMean(name, names)}Metrics: ${names.join(', ')}.`,
  });
}

const aggregationsOf = (chosen: Aggregation | undefined, all: boolean): readonly Aggregation[] => {
  if (chosen !== undefined) return [chosen];
  return all ? aggregationSchema.options : ['all-epochs'];
};

interface TableRequest {
  readonly metrics: readonly MetricInfo[];
  readonly aggregations: readonly Aggregation[];
  readonly spread: Spread;
  readonly digits?: number;
  readonly published?: boolean;
  readonly references: boolean;
}

/** One table an aggregation. */
async function makeTables(
  client: RouterClient,
  experiments: readonly string[],
  request: TableRequest,
): Promise<Table[]> {
  const { metrics, aggregations, references } = request;
  const names = metrics.map(({ metric }) => metric);
  const entries = await client.tables.data({
    experiments: [...experiments],
    metrics: names,
    aggregations: [...aggregations],
    references,
  });
  const own = aggregateCells(entries.map(toCellValues));
  const published = request.published ? await publishedBeside(client, entries, aggregations) : [];
  return aggregations.map((aggregation) =>
    buildTable([...own, ...published], {
      aggregation,
      metrics,
      spread: request.spread,
      ...(request.digits === undefined ? {} : { digits: request.digits }),
    }),
  );
}

const toCellValues = (entry: TableEntry) => ({
  ...entry,
  group: entry.reference ? ('reference' as const) : ('own' as const),
});

/** Published figures for each dataset and protocol of the table. */
async function publishedBeside(
  client: RouterClient,
  entries: readonly TableEntry[],
  aggregations: readonly Aggregation[],
): Promise<Cell[]> {
  const files = await client.tables.published();
  const settings = new Map(
    entries.map((entry) => [`${entry.dataset} ${entry.protocolHash}`, entry] as const),
  );
  const cells: Cell[] = [];
  for (const { dataset, protocol, protocolHash } of settings.values()) {
    const { kind, groundTruth } = await client.datasets.show({ name: dataset });
    const own = { dataset, kind, groundTruth, protocol, protocolHash };
    for (const file of files) {
      cells.push(...aggregations.flatMap((each) => publishedCells(file, own, each)));
    }
  }
  return cells;
}

function write(
  terminal: Terminal,
  format: Format,
  tables: readonly Table[],
  experiments: readonly string[],
  underlineSecond: boolean,
): void {
  const label = experiments.join('-');
  switch (format) {
    case 'json':
      return terminal.data(tables.flatMap(tableRecords));
    case 'csv':
      return terminal.text(renderCsv(tables.flatMap(tableRecords)));
    case 'latex':
      return terminal.text(
        tables.map((table) => renderLatex(table, { label, underlineSecond })).join('\n'),
      );
    case 'markdown':
      return terminal.text(tables.map(renderMarkdown).join('\n'));
  }
}
