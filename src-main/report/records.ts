import type { Cell } from './cells.ts';
import type { Table } from './table-model.ts';

/** One cell as other programs read it. Numbers are unrounded; `shown` is what every renderer prints. */
export interface TableRecord extends Cell {
  readonly shown: string;
  readonly rank: 'best' | 'second' | null;
}

/** The cells of a table as a flat list, row by row. The form is stable: fields may be added. */
export function tableRecords(table: Table): TableRecord[] {
  return table.rows.flatMap((row) =>
    row.cells.flatMap((cell) =>
      cell === null ? [] : [{ ...cell.cell, shown: cell.shown, rank: cell.rank }],
    ),
  );
}
