import { markdownTable } from 'markdown-table';
import { noValue, singleLine } from './format.ts';
import type { Table, TableCell, TableColumn } from './table-model.ts';

/**
 * Text that Markdown shows as it is, also inside a table's cell. What means something only at the start of a line
 * stays, because no cell stands there, and so does an underscore within a word.
 */
export function escapeMarkdown(text: string): string {
  return singleLine(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*[\]|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&')
    .replace(/^[-+#>]/, '\\$&');
}

const arrows = { max: ' ↑', min: ' ↓', none: '' } as const;

const heading = (column: TableColumn, several: boolean): string =>
  escapeMarkdown(`${several ? `${column.dataset} ` : ''}${column.title}`) +
  arrows[column.direction];

function formatCell(cell: TableCell | null): string {
  if (cell === null) return noValue;
  const spread = cell.spread === null ? '' : ` ± ${cell.spread}`;
  return cell.rank === 'best' ? `**${cell.mean}**${spread}` : `${cell.mean}${spread}`;
}

/** GitHub-flavoured Markdown: the table, then its notes as a list. */
export function renderMarkdown(table: Table): string {
  const several = new Set(table.columns.map((column) => column.dataset)).size > 1;
  const dataset = table.columns[0]?.dataset;
  const corner =
    several || dataset === undefined ? 'Method' : `Method (${escapeMarkdown(dataset)})`;
  const rows = table.rows.map((row) => {
    const label = escapeMarkdown(row.label);
    const name = row.group === 'own' ? label : `*${label}* (${row.group})`;
    return [name, ...row.cells.map(formatCell)];
  });
  const body = markdownTable(
    [[corner, ...table.columns.map((column) => heading(column, several))], ...rows],
    { align: ['l', ...table.columns.map(() => 'r')] },
  );
  const notes = table.notes.map((note) => `- ${escapeMarkdown(note)}`);
  return `${body}\n\n${notes.join('\n')}\n`;
}
