import { existsSync, statSync } from 'node:fs';
import type Database from 'better-sqlite3';

/** What the database file is and holds. */
export interface StoreFacts {
  /** The file and its write-ahead log. */
  readonly bytes: number;
  /** Of them, what compacting would give back. */
  readonly freeBytes: number;
  readonly schemaVersion: number;
  readonly runs: number;
  /** Points of all live series. */
  readonly points: number;
}

const totals =
  'SELECT (SELECT count(*) FROM runs) AS runs, (SELECT coalesce(sum(count), 0) FROM series) AS points';

export function factsOf(database: Database.Database): StoreFacts {
  const number = (pragma: string): number => Number(database.pragma(pragma, { simple: true }));
  const log = `${database.name}-wal`;
  return {
    bytes: statSync(database.name).size + (existsSync(log) ? statSync(log).size : 0),
    freeBytes: number('freelist_count') * number('page_size'),
    schemaVersion: number('user_version'),
    ...(database.prepare(totals).get() as Pick<StoreFacts, 'runs' | 'points'>),
  };
}
