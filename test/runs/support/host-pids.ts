import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** Process numbers of the train hosts that have a lease on a run of this data folder. */
export function hostPids(home: string): number[] {
  if (!existsSync(join(home, 'offrec.sqlite'))) return [];
  const database = new Database(join(home, 'offrec.sqlite'), { readonly: true });
  const rows = database
    .prepare<[], { pid: number }>("SELECT pid FROM leases WHERE name LIKE 'run/%'")
    .all();
  database.close();
  return rows.map(({ pid }) => pid);
}
