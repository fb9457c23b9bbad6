import { renderCsv } from '#report/csv.ts';
import { renderLatex } from '#report/latex.ts';
import { renderMarkdown } from '#report/markdown.ts';
import { tableRecords } from '#report/records.ts';
import type { Table } from '#report/table-model.ts';

export interface TextFormat {
  readonly title: string;
  readonly extension: string;
  readonly mediaType: string;
  readonly write: (table: Table, name: string) => string;
}

/** What a table can be copied and saved as; all formats hold the numbers that are shown. */
export const textFormats: readonly TextFormat[] = [
  {
    title: 'LaTeX',
    extension: 'tex',
    mediaType: 'application/x-tex',
    write: (table, name) => renderLatex(table, { label: name }),
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

export const workbookFormat = {
  title: 'Excel',
  extension: 'xlsx',
  mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** The workbook's bytes; its library is loaded with the first one. */
export async function workbookOf(table: Table): Promise<Uint8Array<ArrayBuffer>> {
  const { renderXlsx } = await import('#report/xlsx.ts');
  return new Uint8Array(await renderXlsx(table));
}
