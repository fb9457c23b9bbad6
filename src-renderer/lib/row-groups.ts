import type { RunRow } from '#contract/routes/runs.ts';
import { condense } from '#report/cells.ts';
import { cellText } from './cell-text.ts';
import { formatMeanSpread } from './format.ts';
import { comparer } from './row-order.ts';
import type { CellValue, RunColumn } from './run-rows.ts';

/** What the rows of a group have in a column. */
export type GroupCell =
  | { readonly kind: 'same'; readonly value: CellValue }
  | { readonly kind: 'mixed'; readonly distinct: number }
  | {
      readonly kind: 'spread';
      readonly mean: number;
      readonly std: number | null;
      readonly count: number;
    };

export interface RowGroup {
  /** Values of the columns that make the group, joined. */
  readonly id: string;
  /** The same as they are shown. */
  readonly name: string;
  readonly rows: readonly RunRow[];
}

/** A line of the table: a group's head, or a run. */
export type TableLine =
  | {
      readonly kind: 'group';
      readonly id: string;
      readonly group: RowGroup;
      readonly open: boolean;
    }
  | { readonly kind: 'run'; readonly id: string; readonly row: RunRow; readonly nested: boolean };

/** Rows with equal values in all columns of `by`, in the order in which the first of each comes. */
export function groupRows(rows: readonly RunRow[], by: readonly RunColumn[]): RowGroup[] {
  const [only, ...more] = by;
  const idOf = (row: RunRow): string => JSON.stringify(by.map((column) => column.value(row)));
  // A single value is its own key: writing ten thousand of them as JSON would be seen.
  const keyOf = only !== undefined && more.length === 0 ? only.value : idOf;
  const nameOf = (row: RunRow): string =>
    by.map((column) => cellText(column, column.value(row))).join(', ');
  const groups = new Map<CellValue, { id: string; name: string; rows: RunRow[] }>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { id: idOf(row), name: nameOf(row), rows: [row] });
    else group.rows.push(row);
  }
  return [...groups.values()];
}

/**
 * Mean and sample standard deviation of a group's numbers (n - 1; null for a single one), or what its other
 * values have in common. Cells without a number are left out and the count says how many were not.
 */
export function groupCell(group: RowGroup, column: RunColumn): GroupCell {
  const cells = group.rows.map((row) => column.value(row));
  const [first = null] = cells;
  // A seed is a name that happens to be a number.
  const numeric = (column.kind === 'number' || column.kind === 'seconds') && column.key !== 'seed';
  const numbers = numeric ? cells.filter((cell) => typeof cell === 'number') : [];
  const { mean, std, seeds } = condense(numbers);
  if (mean === null) {
    const distinct = new Set(cells).size;
    return distinct === 1 ? { kind: 'same', value: first } : { kind: 'mixed', distinct };
  }
  return { kind: 'spread', mean, std, count: seeds };
}

/** A group's cell as it is shown: what its rows share, their mean ± spread, or nothing where they differ. */
export function groupCellText(column: RunColumn, cell: GroupCell): string {
  if (cell.kind === 'same') return cellText(column, cell.value);
  if (cell.kind === 'mixed') return '';
  if (column.kind === 'seconds' || column.key === 'progress') return cellText(column, cell.mean);
  return formatMeanSpread(cell.mean, cell.std);
}

/** Groups by the mean of a column, or by the value that their rows share in it. */
export function sortGroups(
  groups: readonly RowGroup[],
  column: RunColumn,
  descending: boolean,
): RowGroup[] {
  const keyed = groups.map((group) => {
    const cell = groupCell(group, column);
    if (cell.kind === 'spread') return { group, key: cell.mean };
    return { group, key: cell.kind === 'same' ? cell.value : null };
  });
  const compare = comparer(descending);
  return keyed.sort((a, b) => compare(a.key, b.key)).map(({ group }) => group);
}

type RunLine = Extract<TableLine, { kind: 'run' }>;
const knownLines = new WeakMap<RunRow, RunLine>();

/** The same line for the same row, so that ten thousand are not made anew with every letter of a filter. */
function lineOf(row: RunRow): RunLine {
  const known = knownLines.get(row);
  if (known !== undefined) return known;
  const line: RunLine = { kind: 'run', id: row.id, row, nested: false };
  knownLines.set(row, line);
  return line;
}

/** The lines to show: groups with the members of those that are open, or the rows alone. */
export function tableLines(
  rows: readonly RunRow[],
  groups: readonly RowGroup[] | null,
  open: ReadonlySet<string>,
): TableLine[] {
  if (groups === null) return rows.map(lineOf);
  return groups.flatMap((group): TableLine[] => {
    const isOpen = open.has(group.id);
    const head: TableLine = { kind: 'group', id: group.id, group, open: isOpen };
    return isOpen ? [head, ...group.rows.map((row) => ({ ...lineOf(row), nested: true }))] : [head];
  });
}
