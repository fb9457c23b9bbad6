import { INTEGER } from '@duckdb/node-api';
import { RandomStreams } from '#engine/compute/random.ts';
import { OffrecError } from '#contract/errors.ts';
import type { Database } from '../database.ts';

/** Which rows are held out as the test log. */
export type TestSplit =
  | { readonly kind: 'none' }
  /** The latest rows of the whole log. */
  | { readonly kind: 'last-fraction'; readonly fraction: number }
  /** The latest `rows` rows of every user; each user keeps at least one for training. */
  | { readonly kind: 'last-per-user'; readonly rows: number }
  /** Rows drawn at random. */
  | { readonly kind: 'random'; readonly fraction: number; readonly seed: number };

/** Fills the table `held_out` (row) with the rows of `log` that belong to the test log. */
export async function holdOut(
  database: Database,
  split: TestSplit,
  hasTime: boolean,
  rows: number,
): Promise<void> {
  const latest = hasTime ? 'time DESC, row DESC' : 'row DESC';
  const create = (query: string): Promise<void> =>
    database.run(`CREATE TABLE held_out AS ${query}`);
  switch (split.kind) {
    case 'none':
      return create('SELECT row FROM log LIMIT 0');
    case 'last-fraction': {
      if (!hasTime) {
        throw new OffrecError('invalid-input', 'Holding out the latest rows needs a time column.', {
          hint: 'Map it (time=COLUMN), or hold out rows per user or at random.',
        });
      }
      const count = Math.floor(rows * split.fraction);
      return create(`SELECT row FROM log ORDER BY ${latest} LIMIT ${count}`);
    }
    case 'last-per-user':
      return create(
        `SELECT row FROM (SELECT row, row_number() OVER (PARTITION BY user ORDER BY ${latest}) AS age,
           count(*) OVER (PARTITION BY user) AS total FROM log)
         WHERE age <= least(${split.rows}, total - 1)`,
      );
    case 'random':
      return drawRows(database, split, rows);
  }
}

/** Exactly `fraction` of the rows, every subset equally likely (sequential selection). */
async function drawRows(
  database: Database,
  split: { readonly fraction: number; readonly seed: number },
  rows: number,
): Promise<void> {
  const stream = new RandomStreams(split.seed).stream('test-split');
  const count = Math.floor(rows * split.fraction);
  const drawn = new Int32Array(count);
  let taken = 0;
  for (let position = 0; taken < count; position += 1) {
    if (stream.uniform() * (rows - position) >= count - taken) continue;
    drawn[taken] = position;
    taken += 1;
  }
  await database.append(
    'drawn',
    [{ name: 'position', type: INTEGER, value: (k) => drawn[k]! }],
    count,
  );
  await database.run(
    `CREATE TABLE held_out AS SELECT row FROM (SELECT row, row_number() OVER (ORDER BY row) - 1 AS position FROM log)
     SEMI JOIN drawn USING (position)`,
  );
}
