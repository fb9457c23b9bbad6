import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import type { Backup, DatabaseInfo, HomeFolder } from '#contract/routes/database.ts';
import { askedBackupName, listBackups, type BackupFile } from '#store/backups.ts';
import { newestVersion } from '#store/database-file.ts';
import { migrations } from '#store/migrations/index.ts';
import { requestedRestore, requestRestore } from '#store/restore-request.ts';
import type { JobOptions } from './api.ts';
import type { CoreContext } from './context.ts';
import { folderSizes } from './folder-sizes.ts';
import type { HomeFolders } from './home.ts';
import type { Jobs } from './jobs.ts';
import type { QueueOwner } from './queue-owner.ts';

/** What can be asked of a data folder whose database may be damaged. */
export interface Backups {
  /** Newest first. */
  backups(): Backup[];
  /** Throws `not-found`. */
  removeBackup(name: string): void;
  /**
   * Lets a backup take the database's place at the next opening; null takes the request back. Throws `not-found`, or
   * `corrupt-file` when the backup itself is no good.
   */
  restore(name: string | null): void;
}

export interface DatabaseService extends Backups {
  info(): DatabaseInfo;
  folders(options?: JobOptions): Promise<HomeFolder[]>;
  check(options?: JobOptions): Promise<{ problems: string[] }>;
  backup(options?: JobOptions): Promise<Backup>;
  /** Throws `busy` while a run is under way. */
  compact(options?: JobOptions): Promise<{ freedBytes: number }>;
}

const toBackup = ({ name, kind, bytes, writtenMs }: BackupFile): Backup => ({
  name,
  kind,
  bytes,
  writtenAt: new Date(writtenMs).toISOString(),
});

export function createBackups({ database, backups: folder }: HomeFolders): Backups {
  return {
    backups: () => listBackups(folder).map(toBackup),
    removeBackup(name) {
      if (!listBackups(folder).some((backup) => backup.name === name)) {
        throw new OffrecError('not-found', `There is no backup ${name}.`, { where: folder });
      }
      rmSync(join(folder, name));
    },
    restore: (name) => requestRestore(database, folder, name, newestVersion(migrations)),
  };
}

function refuseUnderWay({ store }: CoreContext): void {
  const busy = store.read.runs.index({ statuses: ['running', 'pausing'] })[0];
  if (busy === undefined) return;
  throw new OffrecError('busy', `Run ${busy.id} is under way; nothing could be kept meanwhile.`, {
    where: busy.id,
    hint: 'Pause the runs first.',
  });
}

/** The database file: what it holds, whether it is sound, its backups. */
export function createDatabase(
  context: CoreContext,
  jobs: Jobs,
  owner: Pick<QueueOwner, 'restWhile'>,
): DatabaseService {
  const { home, store } = context;
  const file = home.database;
  return {
    ...createBackups(home),
    info: () => ({ file, ...store.facts(), restoring: requestedRestore(file) }),
    folders: (options) => folderSizes(home, options),
    check: async (options) =>
      (await jobs.run({ kind: 'check-database', file }, options)) as { problems: string[] },
    async backup(options) {
      const name = askedBackupName();
      await jobs.run({ kind: 'copy-database', file, folder: home.backups, name }, options);
      const written = listBackups(home.backups).find((backup) => backup.name === name);
      if (written !== undefined) return toBackup(written);
      throw new OffrecError('internal', 'The backup is not there.', { where: home.backups });
    },
    async compact(options) {
      refuseUnderWay(context);
      const compact = () => jobs.run({ kind: 'compact-database', file }, options);
      return (await owner.restWhile(compact)) as { freedBytes: number };
    },
  };
}
