import type { DatasetWarning } from '#contract/dataset.ts';
import type { Database } from '../database.ts';
import { describePlaces } from './bad-rows.ts';
import { maxExamples } from './csv-scan.ts';
import type { RowSource } from './source.ts';

/**
 * Finds rows of the table `log` that repeat an earlier row in everything, and pairs of user and item
 * with several different rows. Leaves the repeats' row numbers in the table `repeats`.
 */
export async function findRepeats(
  database: Database,
  source: RowSource,
  columns: readonly string[],
  drop: boolean,
): Promise<DatasetWarning[]> {
  await database.run(
    `CREATE OR REPLACE TABLE pairs AS
     SELECT user, item, count(*) AS rows FROM log GROUP BY user, item HAVING count(*) > 1`,
  );
  const key = columns.map((column) => `log.${column}`).join(', ');
  await database.run(
    `CREATE OR REPLACE TABLE repeats AS SELECT row FROM (
       SELECT row, row_number() OVER (PARTITION BY ${key} ORDER BY row) AS copy
       FROM log JOIN pairs ON log.user = pairs.user AND log.item = pairs.item) WHERE copy > 1`,
  );
  const [counts] = await database.rows(
    'SELECT (SELECT count(*) FROM repeats) AS repeats, (SELECT count(*) FROM pairs) AS pairs',
  );
  const warnings: DatasetWarning[] = [];
  const repeats = Number(counts?.['repeats']);
  const pairs = Number(counts?.['pairs']);
  if (repeats > 0) {
    const first = await database.rows(`SELECT row FROM repeats ORDER BY row LIMIT ${maxExamples}`);
    const lines = await source.locate(first.map((row) => Number(row['row'])));
    const places = lines.map((line) => ({ line, reason: 'the same as an earlier row' }));
    const fate = drop ? 'Only the first of each was kept.' : 'They are kept.';
    warnings.push({
      code: 'duplicate-rows',
      message: `${repeats} rows repeat an earlier row in all mapped columns. ${fate}`,
      count: repeats,
      examples: describePlaces(source, places),
    });
  }
  if (pairs > 0) {
    const message = `${pairs} pairs of user and item have more than one row. They are kept.`;
    warnings.push({ code: 'repeated-pairs', message, count: pairs });
  }
  return warnings;
}

/** Counts rows that lie earlier in time than the same user's row before them in the file. */
export async function timeOrderWarnings(database: Database): Promise<DatasetWarning[]> {
  const [row] = await database.rows(
    `SELECT count(*) FILTER (WHERE time < before) AS count FROM (
       SELECT time, lag(time) OVER (PARTITION BY user ORDER BY row) AS before FROM log)`,
  );
  const count = Number(row?.['count']);
  if (count === 0) return [];
  const message =
    `${count} rows lie earlier in time than the same user's row before them. ` +
    'The rows stay in the file’s order; what needs sequences sorts by time.';
  return [{ code: 'not-in-time-order', message, count }];
}
