import { join } from 'node:path';
import type { DatasetManifest } from '#contract/dataset.ts';
import { Database, quotePath } from './database.ts';
import { datasetFiles } from './manifest.ts';

/** The log's own ids of some users or items, by their codes; empty for a source that has none. */
export async function readOriginalIds(
  folder: string,
  manifest: DatasetManifest,
  side: 'user' | 'item',
  codes: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const file = side === 'user' ? datasetFiles.users : datasetFiles.items;
  if (!(file in manifest.files) || codes.length === 0) return new Map();
  const database = await Database.open(null);
  try {
    const path = await quotePath(join(folder, file));
    const rows = await database.rows(
      `SELECT ${side} AS code, id FROM read_parquet(${path}) WHERE ${side} IN (${codes.map(Math.trunc).join(', ')})`,
    );
    return new Map(rows.map((row) => [Number(row['code']), String(row['id'])]));
  } finally {
    database.close();
  }
}
