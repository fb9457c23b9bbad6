import type { RunRow } from '#contract/routes/runs.ts';
import { writeCsv } from '#report/csv.ts';
import { groupCell, type TableLine } from './row-groups.ts';
import type { RunColumn } from './run-rows.ts';

/** What the table shows as CSV: a row a line, full precision; a group's numbers as mean and standard deviation. */
export function runsCsv(lines: readonly TableLine[], columns: readonly RunColumn[]): string {
  const isGrouped = lines.some(({ kind }) => kind === 'group');
  const header = columns.flatMap(({ key }) => (isGrouped ? [key, `${key} std`] : [key]));
  const names = isGrouped ? ['runs', ...header] : header;
  return writeCsv(
    names,
    lines.map((line) => (line.kind === 'run' ? rowOf(line.row, columns) : groupOf(line, columns))),
  );
}

function rowOf(row: RunRow, columns: readonly RunColumn[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((column) => [column.key, column.value(row)]));
}

function groupOf(
  { group }: Extract<TableLine, { kind: 'group' }>,
  columns: readonly RunColumn[],
): Record<string, unknown> {
  const cells = columns.flatMap((column): [string, unknown][] => {
    const cell = groupCell(group, column);
    if (cell.kind === 'same') return [[column.key, cell.value]];
    if (cell.kind === 'mixed') return [];
    return [
      [column.key, cell.mean],
      [`${column.key} std`, cell.std],
    ];
  });
  return { runs: group.rows.length, ...Object.fromEntries(cells) };
}
