import { existsSync, fsyncSync, openSync, closeSync, copyFileSync } from 'node:fs';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { OffrecError } from '#contract/errors.ts';
import { checkHeader, integrityProblems, openFile, userVersion } from './database-file.ts';
import { fromSqliteError } from './sqlite-errors.ts';

const keptBackups = 3;
/** A large store is not copied again and again by every short command. */
const largeBytes = 64 * 2 ** 20;
const largePauseMs = 600_000;
const closePrefix = 'offrec-';
const migrationPrefix = 'before-migration-';

export interface Backup {
  readonly file: string;
  readonly name: string;
  readonly writtenMs: number;
}

/** Newest first. */
export function listBackups(folder: string): Backup[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => {
      const file = join(folder, name);
      return { file, name, writtenMs: statSync(file).mtimeMs };
    })
    .sort((a, b) => b.writtenMs - a.writtenMs || (a.name < b.name ? 1 : -1));
}

function timestamp(): string {
  return new Date().toISOString().replaceAll(/[-:]/g, '').replace('.', '');
}

function flush(file: string): void {
  const descriptor = openSync(file, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function writeCopy(database: Database.Database, folder: string, name: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    // A compact copy of one moment; other processes may go on writing meanwhile.
    database.prepare('VACUUM INTO ?').run(partial);
    flush(partial);
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw fromSqliteError(error, file);
  }
  return file;
}

/** The copy that a migration can be undone with. */
export function backupBeforeMigration(database: Database.Database, folder: string): string {
  const name = `${migrationPrefix}${String(userVersion(database))}-${timestamp()}.sqlite`;
  return writeCopy(database, folder, name);
}

function isTooSoon(database: Database.Database, newest: Backup | undefined): boolean {
  if (newest === undefined || statSync(database.name).size < largeBytes) return false;
  return Date.now() - newest.writtenMs < largePauseMs;
}

/**
 * The copy of a clean close, unless the newest holds the same revision already, or a large store was copied in
 * the last ten minutes. Keeps the last three.
 */
export function backupOnClose(
  database: Database.Database,
  folder: string,
  revision: number,
): string | null {
  const ours = listBackups(folder).filter((backup) => backup.name.startsWith(closePrefix));
  const mark = `${closePrefix}r${String(revision)}-`;
  if (ours[0]?.name.startsWith(mark) === true || isTooSoon(database, ours[0])) return null;
  const file = writeCopy(database, folder, `${mark}${timestamp()}.sqlite`);
  for (const old of ours.slice(keptBackups - 1)) rmSync(old.file, { force: true });
  return file;
}

function isGood(backup: Backup, newest: number): boolean {
  try {
    if (checkHeader(backup.file) !== 'ours') return false;
    const database = openFile(backup.file, true);
    try {
      return userVersion(database) <= newest && integrityProblems(database).length === 0;
    } finally {
      database.close();
    }
  } catch {
    // Any failure to read it means that it is no good backup; the next one is tried.
    return false;
  }
}

export interface Restored {
  readonly from: Backup;
  /** Where the damaged file lies now. */
  readonly damaged: string;
}

/**
 * Puts the newest backup that passes the integrity check in the store's place. The damaged file and what
 * belongs to it are renamed, never removed.
 */
export function restoreNewestBackup(file: string, folder: string, newest: number): Restored {
  const from = listBackups(folder).find((backup) => isGood(backup, newest));
  if (from === undefined) {
    throw new OffrecError('corrupt-file', 'The store is damaged and there is no good backup.', {
      where: file,
      hint: `Move ${basename(file)} away to begin anew; the runs' folders keep their checkpoints.`,
    });
  }
  const damaged = join(dirname(file), `${basename(file)}.damaged-${timestamp()}`);
  const copy = `${file}.restoring`;
  copyFileSync(from.file, copy);
  flush(copy);
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, damaged + suffix);
  }
  renameSync(copy, file);
  return { from, damaged };
}
