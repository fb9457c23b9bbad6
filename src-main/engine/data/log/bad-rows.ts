import { basename } from 'node:path';
import type { DatasetWarning } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import type { BadPlace } from './csv-scan.ts';
import type { RowSource } from './source.ts';

/** What happens to rows that cannot be used: the import fails, or leaves them out and counts them. */
export type OnBadRow = 'fail' | 'skip';

export interface BadRows {
  readonly count: number;
  readonly examples: readonly BadPlace[];
}

function place(source: RowSource, line: number): string {
  return source.format === 'parquet'
    ? `${basename(source.file)} row ${line}`
    : `${basename(source.file)}:${line}`;
}

export function describePlaces(source: RowSource, places: readonly BadPlace[]): string[] {
  return places.map(({ line, reason }) => `${place(source, line)}: ${reason}`.slice(0, 300));
}

/**
 * Applies the rule for bad rows.
 *
 * @returns the warnings that say how many were left out.
 * @throws OffrecError `invalid-input` naming the first bad rows, when the rule is to fail.
 */
export function judgeBadRows(source: RowSource, bad: BadRows, rule: OnBadRow): DatasetWarning[] {
  if (bad.count === 0) return [];
  const examples = describePlaces(source, bad.examples);
  const rows = bad.count === 1 ? '1 row' : `${bad.count} rows`;
  if (rule === 'skip') {
    const message = `${rows} of ${basename(source.file)} could not be used and were left out.`;
    return [{ code: 'bad-rows', message, count: bad.count, examples }];
  }
  throw new OffrecError('invalid-input', `${rows} cannot be used. ${examples.join('; ')}.`, {
    where: `${source.file}:${bad.examples[0]?.line ?? 1}`,
    hint: 'Correct the file, say how it writes its values (decimal, timeFormat), or set onBadRow=skip to leave such rows out.',
  });
}
