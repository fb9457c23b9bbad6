import { existsSync, fsyncSync, openSync, closeSync, copyFileSync } from 'node:fs';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { OffrecError } from '#contract/errors.ts';
import type { Backup } from '#contract/routes/database.ts';
import { checkHeader, integrityProblems, openFile, userVersion } from './database-file.ts';
import { fromSqliteError } from './sqlite-errors.ts';

/** A large store is not copied again and again by every short command. */
const largeBytes = 64 * 2 ** 20;
const largePauseMs = 600_000;
const closePrefix = 'offrec-';
const migrationPrefix = 'before-migration-';
const askedPrefix = 'asked-';

export interface BackupFile {
  readonly file: string;
  readonly name: string;
  /** Why it was written: at the end of a session, before an upgrade, because somebody asked. */
  readonly kind: Backup['kind'];
  readonly bytes: number;
  readonly writtenMs: number;
}

/** Newest first. */
export function listBackups(folder: string): BackupFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sqlite'))
    .map((name) => {
      const file = join(folder, name);
      const { size: bytes, mtimeMs: writtenMs } = statSync(file);
      return { file, name, kind: kindOf(name), bytes, writtenMs };
    })
    .sort((a, b) => b.writtenMs - a.writtenMs || (a.name < b.name ? 1 : -1));
}

function kindOf(name: string): Backup['kind'] {
  if (name.startsWith(askedPrefix)) return 'asked';
  return name.startsWith(migrationPrefix) ? 'upgrade' : 'session';
}

/** Name of a copy that is kept until somebody removes it. */
export const askedBackupName = (): string => `${askedPrefix}${timestamp()}.sqlite`;

export function timestamp(): string {
  return new Date().toISOString().replaceAll(/[-:]/g, '').replace('.', '');
}

function flush(file: string): void {
  const descriptor = openSync(file, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

export function writeCopy(database: Database.Database, folder: string, name: string): string {
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

function isTooSoon(database: Database.Database, newest: BackupFile | undefined): boolean {
  if (newest === undefined || statSync(database.name).size < largeBytes) return false;
  return Date.now() - newest.writtenMs < largePauseMs;
}

/**
 * The copy of a clean close, unless the newest holds the same revision already, or a large store was copied in
 * the last ten minutes. Keeps the last `kept` of them.
 */
export function backupOnClose(
  database: Database.Database,
  folder: string,
  revision: number,
  kept: number,
): string | null {
  const ours = listBackups(folder).filter((backup) => backup.name.startsWith(closePrefix));
  const mark = `${closePrefix}r${String(revision)}-`;
  if (ours[0]?.name.startsWith(mark) === true || isTooSoon(database, ours[0])) return null;
  const file = writeCopy(database, folder, `${mark}${timestamp()}.sqlite`);
  for (const old of ours.slice(kept - 1)) rmSync(old.file, { force: true });
  return file;
}

/** Whether it is ours, of a schema that is known, and sound. */
export function isGoodBackup(backup: BackupFile, newest: number): boolean {
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
  readonly from: BackupFile;
  /** Where the damaged file lies now. */
  readonly damaged: string;
}

/**
 * Puts the newest backup that passes the integrity check in the store's place. The damaged file and what
 * belongs to it are renamed, never removed.
 */
export function restoreNewestBackup(file: string, folder: string, newest: number): Restored {
  const from = listBackups(folder).find((backup) => isGoodBackup(backup, newest));
  if (from === undefined) {
    throw new OffrecError('corrupt-file', 'The store is damaged and there is no good backup.', {
      where: file,
      hint: `Move ${basename(file)} away to begin anew; the runs' folders keep their checkpoints.`,
    });
  }
  const damaged = join(dirname(file), `${basename(file)}.damaged-${timestamp()}`);
  const copy = `${file}.restoring`;
  copyFileSync(from.file, copy);
  putInPlace(file, copy, damaged);
  return { from, damaged };
}

/** Puts a copy in the store's place; the store and what belongs to it are kept under another name. */
export function putInPlace(file: string, copy: string, aside: string): void {
  flush(copy);
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  renameSync(copy, file);
}
