import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { OffrecError } from '#contract/errors.ts';
import { nameSchema } from '#contract/names.ts';
import { isGoodBackup, listBackups, putInPlace, timestamp } from './backups.ts';
import { openFile } from './database-file.ts';
import { fromSqliteError } from './sqlite-errors.ts';
import { isLeaseAlive, LeaseReads } from './leases.ts';
import { identifyProcess } from './process-identity.ts';
import { Sql } from './sql.ts';

/** Leases of those who have the store open. */
export const sessionPrefix = 'session/';

const requestSchema = z.object({ backup: nameSchema });

const requestFile = (file: string): string => join(dirname(file), 'restore-next.json');

/** The backup that is to take the store's place at the next opening, or null. */
export function requestedRestore(file: string): string | null {
  const request = requestFile(file);
  if (!existsSync(request)) return null;
  try {
    return requestSchema.parse(JSON.parse(readFileSync(request, 'utf8'))).backup;
  } catch {
    // Half written or of somebody else: nothing that could be followed.
    return null;
  }
}

/**
 * Asks for a backup to take the store's place at the next opening; null takes the request back.
 * @throws OffrecError `not-found`, or `corrupt-file` when the backup itself is no good
 */
export function requestRestore(
  file: string,
  backupsFolder: string,
  name: string | null,
  newest: number,
): void {
  const request = requestFile(file);
  if (name === null) return rmSync(request, { force: true });
  const backup = listBackups(backupsFolder).find((each) => each.name === name);
  if (backup === undefined) {
    throw new OffrecError('not-found', `There is no backup ${name}.`, {
      where: backupsFolder,
      hint: 'offrec database backups lists them.',
    });
  }
  if (!isGoodBackup(backup, newest)) {
    throw new OffrecError('corrupt-file', `The backup ${name} is damaged itself.`, {
      where: backup.file,
      hint: 'Choose another one.',
    });
  }
  writeFileSync(`${request}.partial`, JSON.stringify({ backup: name }));
  renameSync(`${request}.partial`, request);
}

/** Processes that have the store open; none can be told of one that is damaged. */
function openElsewhere(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    const database = openFile(file, true);
    try {
      const sessions = new LeaseReads(new Sql(database, () => undefined)).list(sessionPrefix);
      const { machine } = identifyProcess(process.pid);
      return sessions.some((lease) => isLeaseAlive(lease, machine, Date.now()));
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
}

/** Follows a request before the store is opened. Returns what to tell, or null when there was none. */
export function followRestoreRequest(file: string, backupsFolder: string): string | null {
  const name = requestedRestore(file);
  if (name === null) return null;
  if (openElsewhere(file)) {
    return `The backup ${name} waits: another process has the store open.`;
  }
  const before = join(dirname(file), `${basename(file)}.before-restore-${timestamp()}`);
  try {
    const copy = `${file}.restoring`;
    copyFileSync(join(backupsFolder, name), copy);
    putInPlace(file, copy, before);
  } catch (error) {
    throw fromSqliteError(error, file);
  }
  rmSync(requestFile(file), { force: true });
  return `The backup ${name} has taken the store's place; what was there is kept as ${basename(before)}.`;
}
