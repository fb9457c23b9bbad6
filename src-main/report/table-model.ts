import type { Aggregation } from '#contract/protocol.ts';
import type { Cell, RowGroup } from './cells.ts';

/** Which way a metric is better, and how it is shown. */
export interface MetricInfo {
  readonly metric: string;
  readonly title: string;
  readonly direction: 'max' | 'min' | 'none';
  readonly digits: number;
}

export type Spread = 'std' | 'sem';

export interface TableOptions {
  readonly aggregation: Aggregation;
  /** The columns of each dataset, in this order; cells of other metrics are left out. */
  readonly metrics: readonly MetricInfo[];
  readonly spread?: Spread;
  /** Digits after the point for every metric, instead of each metric's own. */
  readonly digits?: number;
  /** Said below the table, before the notes that the table adds itself. */
  readonly notes?: readonly string[];
}

export interface TableColumn extends MetricInfo {
  readonly dataset: string;
}

export interface TableCell {
  readonly cell: Cell;
  /** Formatted mean and spread: what every renderer shows. */
  readonly mean: string;
  readonly spread: string | null;
  /** Mean and spread together. */
  readonly shown: string;
  /** Place among the rows it may be ranked with; ties at the shown digits share it. */
  readonly rank: 'best' | 'second' | null;
}

export interface TableRow {
  readonly group: RowGroup;
  readonly method: string;
  readonly label: string;
  readonly protocolHash: string | null;
  /** One entry a column; null where nothing is known. */
  readonly cells: readonly (TableCell | null)[];
}

export interface Table {
  readonly aggregation: Aggregation;
  readonly spread: Spread;
  readonly columns: readonly TableColumn[];
  /** Own rows first, then reference policies, then published rows. */
  readonly rows: readonly TableRow[];
  readonly notes: readonly string[];
}
