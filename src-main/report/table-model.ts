import type { Aggregation } from '#contract/protocol.ts';
import type { Dimension, Layout, Significance, Spread } from '#contract/table-recipe.ts';
import type { Cell } from './cells.ts';

/** Which way a metric is better, and how it is shown. */
export interface MetricInfo {
  readonly metric: string;
  readonly title: string;
  readonly direction: 'max' | 'min' | 'none';
  readonly digits: number;
}

export interface TableOptions {
  readonly aggregation: Aggregation;
  /** The metrics that are shown, in this order; cells of others are left out. */
  readonly metrics: readonly MetricInfo[];
  /** Default: methods by datasets and their metrics. */
  readonly layout?: Layout;
  /** Datasets in order; others are left out. Default: all, as they appear. */
  readonly datasets?: readonly string[] | null;
  /** Labels of own methods in order; others are left out. Default: all, as they appear. */
  readonly methods?: readonly string[] | null;
  readonly spread?: Spread;
  /** Digits after the point for every metric, instead of each metric's own. */
  readonly digits?: number | null;
  /** Whether the second is marked beside the best; default true. */
  readonly second?: boolean;
  readonly significance?: Significance | null;
  /** Said below the table, before the notes that the table adds itself. */
  readonly notes?: readonly string[];
}

/** Where a row or column stands: what is comparable with own rows, and what is only beside them. */
export type Standing = 'own' | 'reference' | 'published' | 'apart';

/** One name above a column or beside a row. */
export interface TableHead {
  readonly dimension: Dimension;
  readonly text: string;
  /** What is said behind the text, such as `published`. */
  readonly remark: string | null;
  /** Refers to a note below the table: `‡` reconstruction, `§` rebuilt ground truth. */
  readonly mark: '‡' | '§' | null;
  /** Which way a metric is better; `none` for anything else. */
  readonly direction: 'max' | 'min' | 'none';
}

/** One row or one column: its names from the outermost dimension on. */
export interface TableLine {
  readonly heads: readonly TableHead[];
  /** `own` for lines that hold no method. */
  readonly standing: Standing;
}

/** A cell against the baseline: what a test says of the two samples of seeds. Null: not defined. */
export interface CellComparison {
  readonly baseline: string;
  readonly test: Significance['test'];
  /** Mean of the cell minus mean of the baseline. */
  readonly difference: number | null;
  readonly p: number | null;
  /** p after the correction; the same as p without one. */
  readonly corrected: number | null;
  /** Hedges' g. */
  readonly effect: number | null;
  /** Probability that a run of the cell is better than one of the baseline. */
  readonly improvement: number | null;
  readonly verdict: 'better' | 'worse' | 'undecided' | 'undefined';
}

/** Beside a mean: a width (`±`), or an interval. */
export type ShownSpread =
  | { readonly kind: 'width'; readonly width: string; readonly value: number }
  | {
      readonly kind: 'interval';
      readonly low: string;
      readonly high: string;
      readonly values: readonly [number, number];
    };

export interface TableCell {
  readonly cell: Cell;
  readonly digits: number;
  /** Formatted mean and spread: what every renderer shows. */
  readonly mean: string;
  readonly spread: ShownSpread | null;
  /** Mean and spread together, without marks. */
  readonly shown: string;
  /** Place among the cells it may be ranked with; ties at the shown digits share it. */
  readonly rank: 'best' | 'second' | null;
  readonly comparison: CellComparison | null;
  /** Superscripts, each of which a note explains: `*` and `†` for comparisons, letters for numbers of seeds. */
  readonly marks: readonly string[];
}

export interface Table {
  readonly aggregation: Aggregation;
  readonly spread: Spread;
  readonly layout: Layout;
  /** Own rows first, then reference policies, published rows, and those that are not comparable. */
  readonly rows: readonly TableLine[];
  readonly columns: readonly TableLine[];
  /** By row and column; null where nothing is known. */
  readonly cells: readonly (readonly (TableCell | null)[])[];
  readonly notes: readonly string[];
}

/** What a dimension is called above its names. */
export const dimensionTitles: Readonly<Record<Dimension, string>> = {
  method: 'Method',
  dataset: 'Dataset',
  metric: 'Metric',
};
