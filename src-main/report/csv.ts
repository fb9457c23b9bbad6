import { stringify } from 'csv-stringify/sync';
import type { TableRecord } from './records.ts';

const columns = [
  'dataset',
  'method',
  'label',
  'group',
  'metric',
  'aggregation',
  'mean',
  'std',
  'sem',
  'min',
  'max',
  'seeds',
  'missing',
  'diverged',
  'spreadOver',
  'rank',
  'shown',
  'marks',
  'baseline',
  'test',
  'difference',
  'p',
  'pCorrected',
  'effect',
  'improvement',
  'protocolHash',
  'source',
] as const;

/**
 * Rows of any shape as CSV after RFC 4180. Text that a spreadsheet would run as a formula is shown as text, with
 * an apostrophe before it.
 */
export function writeCsv(
  header: readonly string[],
  rows: readonly Record<string, unknown>[],
): string {
  return stringify([...rows], {
    header: true,
    columns: [...header],
    record_delimiter: 'windows',
    escape_formulas: true,
    quoted_match: /[\r\n]|^\s|\s$/,
    cast: { number: (value) => (Number.isFinite(value) ? String(value) : '') },
  });
}

/** One line a cell, numbers unrounded. */
export function renderCsv(records: readonly TableRecord[]): string {
  return writeCsv(
    columns,
    records.map(({ comparison, ...record }) => ({
      ...record,
      ...comparison,
      pCorrected: comparison?.corrected,
    })),
  );
}
