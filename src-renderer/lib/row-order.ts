import type { RunRow } from '#contract/routes/runs.ts';
import { compareNames } from './natural-order.ts';
import type { CellValue, RunColumn } from './run-rows.ts';

export interface RowSort {
  readonly key: string;
  readonly descending: boolean;
}

/** Orders values of one kind; what is missing or not a number always comes last. */
export function comparer(descending: boolean): (a: CellValue, b: CellValue) => number {
  const sign = descending ? -1 : 1;
  const lacks = (value: CellValue): boolean => value === null || Number.isNaN(value);
  return (a, b) => {
    if (lacks(a) || lacks(b)) return Number(lacks(a)) - Number(lacks(b));
    if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
    return sign * compareNames(String(a), String(b));
  };
}

/** Positions of text values in their order, so that the rows themselves compare as integers. */
function ranks(values: readonly CellValue[], isTime: boolean): ReadonlyMap<CellValue, number> {
  const distinct = [...new Set(values)].filter((value) => typeof value === 'string');
  // Times are written so that they sort as plain text, which is much faster than by language.
  if (isTime) distinct.sort();
  else distinct.sort(compareNames);
  return new Map(distinct.map((value, rank) => [value, rank]));
}

/** The rows in the order of a column; rows that are equal in it keep their order. */
export function sortRows(
  rows: readonly RunRow[],
  column: RunColumn,
  descending: boolean,
): RunRow[] {
  const cells = rows.map((row) => column.value(row));
  const rankOf = ranks(cells, column.kind === 'time');
  const keyed = rows.map((row, index) => {
    const cell = cells[index] ?? null;
    return { row, cell: rankOf.get(cell) ?? cell };
  });
  const compare = comparer(descending);
  return keyed.sort((a, b) => compare(a.cell, b.cell)).map(({ row }) => row);
}
