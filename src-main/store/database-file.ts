import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { OffrecError } from '#contract/errors.ts';
import type { Migration } from './migrations/migration.ts';
import { fromSqliteError } from './sqlite-errors.ts';

/** "Offr" in the file's header: a database of another program is never touched. */
export const applicationId = 0x4f666672;

const busyTimeoutMs = 10_000;
const headerMagic = 'SQLite format 3\0';
const applicationIdOffset = 68;

const restoreHint =
  'Put the newest good backup in its place: offrec database restore. The damaged file is kept beside it.';

/** Refuses a file that is no database, or somebody else's, before SQLite touches it. */
export function checkHeader(file: string): 'missing' | 'empty' | 'ours' {
  if (!existsSync(file)) return 'missing';
  if (!statSync(file).isFile()) {
    throw new OffrecError('unsupported-format', 'The store is not a file.', { where: file });
  }
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, 'r');
  const length = readSync(descriptor, header, 0, header.length, 0);
  closeSync(descriptor);
  if (length === 0) return 'empty';
  if (length < header.length || header.toString('latin1', 0, 16) !== headerMagic) {
    throw new OffrecError('corrupt-file', 'The store is not a database, or its start is damaged.', {
      where: file,
      hint: restoreHint,
    });
  }
  if (header.readUInt32BE(applicationIdOffset) !== applicationId) {
    throw new OffrecError('unsupported-format', 'This database belongs to another program.', {
      where: file,
      hint: 'Name another data folder with --home.',
    });
  }
  return 'ours';
}

/** Opens without looking at the content. The caller closes it. */
export function openFile(file: string, readOnly: boolean): Database.Database {
  try {
    const database = new Database(file, {
      readonly: readOnly,
      fileMustExist: readOnly,
      timeout: busyTimeoutMs,
    });
    try {
      prepareConnection(database, readOnly);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    throw fromSqliteError(error, file);
  }
}

function prepareConnection(database: Database.Database, readOnly: boolean): void {
  if (!readOnly && statSync(database.name).size === 0) {
    // Before the switch to WAL, so that the mark is in the file itself from its first byte on.
    database.pragma(`application_id = ${String(applicationId)}`);
  }
  database.pragma('foreign_keys = ON');
  // A damaged or foreign file is read defensively: no functions out of its schema, every cell's size checked.
  database.pragma('trusted_schema = OFF');
  database.pragma('cell_size_check = ON');
  database.pragma('cache_size = -20000');
  database.pragma('temp_store = MEMORY');
  if (readOnly) {
    // The first read: this is where a folder that may not be written shows.
    database.pragma('user_version');
    return;
  }
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('journal_size_limit = 67108864');
}

export function userVersion(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

export function newestVersion(steps: readonly Migration[]): number {
  return steps.at(-1)?.version ?? 0;
}

export function refuseNewer(database: Database.Database, newest: number): void {
  const version = userVersion(database);
  if (version <= newest) return;
  throw new OffrecError(
    'version-mismatch',
    `The store was written by a newer Offrec (schema ${String(version)}, this one knows ${String(newest)}).`,
    { where: database.name, hint: 'Update Offrec, or use another data folder.' },
  );
}

function checkOrder(steps: readonly Migration[]): void {
  steps.forEach((step, position) => {
    const before = steps[position - 1]?.version ?? 0;
    if (step.version <= before) {
      throw new OffrecError('internal', `Migration ${step.name} is out of order.`);
    }
  });
}

/** Applies what is missing in one transaction: either the whole way or not at all. */
export function migrate(database: Database.Database, steps: readonly Migration[]): void {
  checkOrder(steps);
  database.pragma('foreign_keys = OFF');
  try {
    database.exec('BEGIN EXCLUSIVE');
    // Read again inside: another process may have migrated while this one waited.
    const version = userVersion(database);
    for (const step of steps.filter((candidate) => candidate.version > version)) {
      database.exec(step.sql);
      database.pragma(`user_version = ${String(step.version)}`);
    }
    const broken = database.pragma('foreign_key_check') as unknown[];
    if (broken.length > 0) {
      throw new OffrecError('corrupt-file', 'The store has rows without their owner.', {
        where: database.name,
        hint: restoreHint,
      });
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw fromSqliteError(error, database.name);
  } finally {
    database.pragma('foreign_keys = ON');
  }
  database.pragma('optimize');
}

/** Reads the whole file and compares indexes with tables. Empty when all is well. */
export function integrityProblems(database: Database.Database): string[] {
  try {
    const rows = database.pragma('integrity_check(20)') as { integrity_check: string }[];
    return rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
