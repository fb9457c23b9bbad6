import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { OffrecError } from '#contract/errors.ts';
import { writeCopy } from './backups.ts';
import { openFile } from './database-file.ts';
import { fromSqliteError } from './sqlite-errors.ts';

export interface DatabaseJobControl {
  readonly onProgress: (progress: {
    stage: string;
    done: number;
    /** 0 when it is unknown. */
    total: number;
    unit: string;
  }) => void;
  readonly signal: AbortSignal;
}

/** Lets messages in between two long statements. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const mostProblems = 20;

/** Work on the whole file, for a process of its own: SQLite answers nothing else meanwhile. */
function withFile<Result>(
  file: string,
  readOnly: boolean,
  work: (database: Database.Database) => Promise<Result> | Result,
): Promise<Result> {
  const database = openFile(file, readOnly);
  return Promise.resolve(work(database)).finally(() => database.close());
}

/** Reads every table and compares it with its indexes, one after the other. */
export function checkDatabase(
  file: string,
  { onProgress, signal }: DatabaseJobControl,
): Promise<{ problems: string[] }> {
  return withFile(file, true, async (database) => {
    const names = (database.pragma('table_list') as { schema: string; name: string }[])
      .filter(({ schema }) => schema === 'main')
      .map(({ name }) => name)
      .sort();
    const problems: string[] = [];
    for (const [at, name] of names.entries()) {
      onProgress({ stage: `checking ${name}`, done: at, total: names.length, unit: 'tables' });
      await breathe();
      if (signal.aborted) throw new OffrecError('cancelled', 'The check was ended.');
      problems.push(...problemsOf(database, name));
      if (problems.length >= mostProblems) break;
    }
    onProgress({ stage: 'checked', done: names.length, total: names.length, unit: 'tables' });
    return { problems: [...new Set(problems)].slice(0, mostProblems) };
  });
}

function problemsOf(database: Database.Database, table: string): string[] {
  try {
    const rows = database.pragma(`integrity_check('${table.replaceAll("'", "''")}')`) as {
      integrity_check: string;
    }[];
    return rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** A compact copy of one moment in the folder of backups; others may go on writing meanwhile. */
export function copyDatabase(
  file: string,
  folder: string,
  name: string,
  { onProgress }: DatabaseJobControl,
): Promise<{ file: string }> {
  return withFile(file, true, async (database) => {
    onProgress({ stage: 'copying', done: 0, total: 0, unit: 'copies' });
    await breathe();
    return { file: writeCopy(database, folder, name) };
  });
}

/** Rewrites the file without its gaps. Nobody can write meanwhile. */
export function compactDatabase(
  file: string,
  { onProgress }: DatabaseJobControl,
): Promise<{ freedBytes: number }> {
  return withFile(file, false, async (database) => {
    onProgress({ stage: 'rewriting', done: 0, total: 0, unit: 'files' });
    await breathe();
    let before: number;
    try {
      // What still waits in the write-ahead log belongs to the file's size as well.
      database.pragma('wal_checkpoint(TRUNCATE)');
      before = statSync(file).size;
      database.exec('VACUUM');
      database.pragma('wal_checkpoint(TRUNCATE)');
    } catch (error) {
      throw fromSqliteError(error, file);
    }
    return { freedBytes: Math.max(0, before - statSync(file).size) };
  });
}
