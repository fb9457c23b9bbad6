import type { BadPlace } from './csv-scan.ts';

export type LogFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet';
export type TextEncoding = 'utf-8' | 'latin-1';

/** A file of rows, ready to be read by the database. */
export interface RowSource {
  readonly file: string;
  readonly format: LogFormat;
  readonly columns: readonly string[];
  /** Rows that reading must give, no more and no fewer. */
  readonly rows: number;
  /** Records that were left out because their structure is broken. */
  readonly broken: { readonly count: number; readonly examples: readonly BadPlace[] };
  /** What follows FROM; rows come in the file's order. */
  readonly from: string;
  /** SQL that is true for a row that cannot be read at all, with the reason; null when there are none. */
  readonly invalid: { readonly condition: string; readonly reason: string } | null;
  /** SQL of a column's value as text, NULL where absent. */
  text(column: string): string;
  /** Lines (or rows) in the file of row numbers counted from 0 in the database's order. */
  locate(rows: readonly number[]): Promise<readonly number[]>;
}
