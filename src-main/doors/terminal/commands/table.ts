import type { Core } from '#core/core.ts';
import type { MethodSummary, TableEntry } from '#core/api.ts';
import { OffrecError } from '#contract/errors.ts';
import { aggregationSchema, type Aggregation } from '#contract/protocol.ts';
import { aggregateCells, type Cell } from '#report/cells.ts';
import { renderCsv } from '#report/csv.ts';
import { renderLatex } from '#report/latex.ts';
import { renderMarkdown } from '#report/markdown.ts';
import { publishedCells } from '#report/published.ts';
import { tableRecords } from '#report/records.ts';
import type { MetricInfo, Spread, Table } from '#report/table-model.ts';
import { buildTable } from '#report/table.ts';
import { withCore } from '../core-access.ts';
import { nearest } from '#core/experiment-file/problems.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { readPublishedFiles } from './published-files.ts';

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
  return withCore(terminal, async (core) => {
    const known = await knownMetrics(core);
    const flat = format === 'json' || format === 'csv';
    const named = options.metric ?? (flat ? known.map(({ metric }) => metric) : headlineMetrics);
    const tables = await makeTables(core, experiments, {
      ...options,
      metrics: named.map((name) => infoOf(name, known)),
      aggregations: aggregationsOf(options.aggregation, flat),
    });
    if (tables.every(({ rows }) => rows.length === 0)) terminal.say('There are no results yet.');
    write(terminal, format, tables, experiments, options.underlineSecond ?? false);
  });
}

/** The headline table of experiments, for reading. */
export async function tableText(core: Core, experiments: readonly string[]): Promise<string> {
  const known = await knownMetrics(core);
  const metrics = headlineMetrics.map((name) => infoOf(name, known));
  const options = { metrics, aggregations: ['all-epochs'] as const, spread: 'std' as const };
  const tables = await makeTables(core, experiments, { ...options, references: true });
  return tables.map(renderMarkdown).join('\n');
}

async function knownMetrics(core: Core): Promise<MetricInfo[]> {
  const methods: readonly MethodSummary[] = await core.methods.list();
  const infos = methods.flatMap(({ metrics }) => metrics);
  return [...new Map(infos.map((info) => [info.metric, info])).values()];
}

function infoOf(name: string, known: readonly MetricInfo[]): MetricInfo {
  const info = known.find(({ metric }) => metric === name);
  if (info !== undefined) return info;
  const names = known.map(({ metric }) => metric);
  const meant = nearest(name, names);
  throw new OffrecError('not-found', `There is no metric '${name}'.`, {
    where: '--metric',
    hint: `${meant === undefined ? '' : `Did you mean '${meant}'? `}Metrics: ${names.join(', ')}.`,
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
  core: Core,
  experiments: readonly string[],
  request: TableRequest,
): Promise<Table[]> {
  const { metrics, aggregations, references } = request;
  const names = metrics.map(({ metric }) => metric);
  const entries = await core.tables.data(experiments, { metrics: names, aggregations, references });
  const own = aggregateCells(entries.map(toCellValues));
  const published = request.published ? await publishedBeside(core, entries, aggregations) : [];
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
  core: Core,
  entries: readonly TableEntry[],
  aggregations: readonly Aggregation[],
): Promise<Cell[]> {
  const files = await readPublishedFiles();
  const settings = new Map(
    entries.map((entry) => [`${entry.dataset} ${entry.protocolHash}`, entry] as const),
  );
  return [...settings.values()].flatMap(({ dataset, protocol, protocolHash }) => {
    const { kind, groundTruth } = core.datasets.show(dataset);
    const own = { dataset, kind, groundTruth, protocol, protocolHash };
    return files.flatMap((file) =>
      aggregations.flatMap((aggregation) => publishedCells(file, own, aggregation)),
    );
  });
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
