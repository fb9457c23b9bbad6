import type { Aggregation } from '#contract/protocol.ts';
import type { TableEntry } from '#contract/routes/tables.ts';
import { aggregateCells } from '#report/cells.ts';
import { renderCsv } from '#report/csv.ts';
import { renderLatex } from '#report/latex.ts';
import { renderMarkdown } from '#report/markdown.ts';
import { tableRecords } from '#report/records.ts';
import type { MetricInfo, Spread, Table } from '#report/table-model.ts';
import { buildTable } from '#report/table.ts';

export interface TableChoice {
  readonly aggregation: Aggregation;
  readonly metrics: readonly MetricInfo[];
  readonly spread: Spread;
  /** Digits after the point, or null for each metric's own. */
  readonly digits: number | null;
}

/** The table that is shown; what is exported is this one too. */
export function resultTable(entries: readonly TableEntry[], choice: TableChoice): Table {
  const cells = entries.map((entry) => ({
    ...entry,
    group: entry.reference ? ('reference' as const) : ('own' as const),
  }));
  const { digits, ...options } = choice;
  return buildTable(aggregateCells(cells), { ...options, ...(digits === null ? {} : { digits }) });
}

export interface TableExport {
  readonly title: string;
  readonly extension: string;
  readonly mediaType: string;
  readonly write: (table: Table) => string;
}

export const tableExports: readonly TableExport[] = [
  {
    title: 'LaTeX',
    extension: 'tex',
    mediaType: 'application/x-tex',
    write: (table) => renderLatex(table, { underlineSecond: true }),
  },
  { title: 'Markdown', extension: 'md', mediaType: 'text/markdown', write: renderMarkdown },
  {
    title: 'CSV',
    extension: 'csv',
    mediaType: 'text/csv',
    write: (table) => renderCsv(tableRecords(table)),
  },
  {
    title: 'JSON',
    extension: 'json',
    mediaType: 'application/json',
    write: (table) => `${JSON.stringify(tableRecords(table), null, 2)}\n`,
  },
];

/** The runs behind a cell, for opening them: those whose values went into it. */
export function runsBehind(
  entries: readonly TableEntry[],
  cellHash: string,
  metric: string,
): { readonly run: string; readonly seed: number; readonly value: number | null }[] {
  const values = entries
    .filter((entry) => entry.cellHash === cellHash && entry.metric === metric && !entry.reference)
    .flatMap((entry) => entry.values);
  return [...new Map(values.map((value) => [value.run, value])).values()];
}
