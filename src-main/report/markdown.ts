import { markdownTable } from 'markdown-table';
import { formatSpread, noValue, singleLine } from './format.ts';
import { arrows, headSpans } from './headings.ts';
import { dimensionTitles, type Table, type TableCell, type TableHead } from './table-model.ts';

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

function headText(head: TableHead): string {
  const name = `${escapeMarkdown(head.text)}${head.mark ?? ''}`;
  const arrow = head.direction === 'none' ? '' : ` ${arrows[head.direction]}`;
  return head.remark === null ? `${name}${arrow}` : `*${name}* (${head.remark})${arrow}`;
}

function formatCell(cell: TableCell | null): string {
  if (cell === null) return noValue;
  const mean =
    cell.rank === 'best'
      ? `**${cell.mean}**`
      : cell.rank === 'second'
        ? `<u>${cell.mean}</u>`
        : cell.mean;
  const marks =
    cell.marks.length === 0 ? '' : ` <sup>${escapeMarkdown(cell.marks.join(','))}</sup>`;
  return `${mean}${formatSpread(cell.spread)}${marks}`;
}

/** Levels of the columns whose names differ; one name for all columns is said once, in the corner. */
function headingLevels({ columns, layout }: Table): { shown: number[]; corner: TableHead[] } {
  const levels = layout.columns.map((_dimension, level) => level);
  const isShared = (level: number): boolean =>
    columns.length > 0 && new Set(columns.map(({ heads }) => heads[level])).size === 1;
  const shared = levels.filter((level) => level < levels.length - 1 && isShared(level));
  return {
    shown: levels.filter((level) => !shared.includes(level)),
    corner: shared.flatMap((level) => columns[0]?.heads[level] ?? []),
  };
}

/** GitHub-flavoured Markdown: the table, then its notes as a list. */
export function renderMarkdown(table: Table): string {
  const { layout, rows, columns } = table;
  const { shown, corner } = headingLevels(table);
  const suffix = corner.length === 0 ? '' : ` (${corner.map(headText).join(', ')})`;
  const titles = layout.rows.map((dimension, at) =>
    at === layout.rows.length - 1
      ? dimensionTitles[dimension] + suffix
      : dimensionTitles[dimension],
  );
  const headings = columns.map(({ heads }) =>
    shown
      .flatMap((level) => heads[level] ?? [])
      .map(headText)
      .join(' '),
  );
  const starts = layout.rows.map(
    (_dimension, level) =>
      new Map(headSpans(rows, level).map(({ first, head }) => [first, head] as const)),
  );
  const lines = rows.map((_row, at) => [
    ...starts.map((level) => {
      const head = level.get(at);
      return head === undefined ? '' : headText(head);
    }),
    ...(table.cells[at] ?? []).map(formatCell),
  ]);
  const body = markdownTable([[...titles, ...(columns.length === 0 ? [] : headings)], ...lines], {
    align: [...titles.map(() => 'l'), ...columns.map(() => 'r')],
  });
  const notes = table.notes.map((note) => `- ${escapeMarkdown(note)}`);
  return `${body}\n\n${notes.join('\n')}\n`;
}
