import type { DatasetWarning } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import type { Database } from '../database.ts';

/** How the original ids of users or items are understood. */
export interface EntityTable {
  /** Number of entities; their codes run from 0. */
  readonly count: number;
  /** Whole numbers in their shortest form, ordered by value; other ids are ordered as text. */
  readonly numeric: boolean;
}

const maxEntities = 2 ** 31 - 2;

/**
 * Gives every distinct id of `read` a code from 0 and keeps them in the table `<side>s` (id, code).
 * `extra` names a table with a further column `id`, such as the keys of a feature file.
 */
export async function numberEntities(
  database: Database,
  side: 'user' | 'item',
  extra: string | null,
): Promise<EntityTable> {
  const more = extra === null ? '' : `UNION SELECT id FROM ${extra}`;
  await database.run(
    `CREATE OR REPLACE TABLE ids AS SELECT DISTINCT ${side} AS id FROM read WHERE bad = 0 ${more}`,
  );
  const [row] = await database.rows(
    'SELECT count(*) AS count, bool_and(coalesce(TRY_CAST(id AS BIGINT)::VARCHAR = id, false)) AS numeric FROM ids',
  );
  const count = Number(row?.['count']);
  const numeric = row?.['numeric'] === true;
  if (count > maxEntities)
    throw new OffrecError('invalid-input', `There are too many ${side}s: ${count}.`);
  const order = numeric ? 'id::BIGINT' : 'id';
  await database.run(
    `CREATE OR REPLACE TABLE ${side}s AS
     SELECT id, (row_number() OVER (ORDER BY ${order}) - 1)::INTEGER AS code FROM ids`,
  );
  return { count, numeric };
}

/** Negative numbers are often a marker of something missing: they are kept as ids and pointed out. */
export async function negativeIdWarnings(
  database: Database,
  side: 'user' | 'item',
  table: EntityTable,
): Promise<DatasetWarning[]> {
  if (!table.numeric) return [];
  const negative = await database.rows(
    `SELECT id, count(*) OVER () AS count FROM ${side}s WHERE id LIKE '-%' ORDER BY code LIMIT 5`,
  );
  if (negative.length === 0) return [];
  const count = Number(negative[0]?.['count']);
  const message = `${count} ${side} ids are negative numbers, which often mark a missing ${side}. They are kept.`;
  return [
    {
      code: `negative-${side}-ids`,
      message,
      count,
      examples: negative.map((row) => String(row['id'])),
    },
  ];
}
