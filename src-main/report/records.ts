import type { Cell } from './cells.ts';
import type { CellComparison, Table } from './table-model.ts';

/** One cell as other programs read it. Numbers are unrounded; `shown` is what every renderer prints. */
export interface TableRecord extends Cell {
  readonly shown: string;
  readonly rank: 'best' | 'second' | null;
  /** The superscripts of the cell, as the notes explain them. */
  readonly marks: string;
  /** Against the baseline; null where nothing was compared. */
  readonly comparison: CellComparison | null;
}

/** The cells of a table as a flat list, row by row. The form is stable: fields may be added. */
export function tableRecords(table: Table): TableRecord[] {
  return table.cells.flat().flatMap((shown) => {
    if (shown === null) return [];
    const { cell, marks, rank, comparison } = shown;
    return [{ ...cell, shown: shown.shown, rank, marks: marks.join(' '), comparison }];
  });
}
