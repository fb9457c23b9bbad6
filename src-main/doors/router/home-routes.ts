import type { Core } from '#core/core.ts';
import { createBackups, type Backups } from '#core/database.ts';
import { homeFolders } from '#core/home.ts';
import { present } from './answers.ts';
import { implementer, type RouteImplementer } from './implementer.ts';
import { jobEvents } from './streams.ts';

/** What works also while the database is damaged. */
const backupHandlers = (routes: RouteImplementer['database'], backups: Backups) => ({
  backups: routes.backups.handler(() => backups.backups()),
  removeBackup: routes.removeBackup.handler(({ input }) => {
    backups.removeBackup(input.name);
    return {};
  }),
  restore: routes.restore.handler(({ input }) => {
    backups.restore(input.name);
    return {};
  }),
});

/** The part of the contract that needs no open database: its backups. */
export const createBackupRouter = (home: string) => ({
  database: backupHandlers(implementer.database, createBackups(homeFolders(home))),
});

/** The database file and its backups. */
export function databaseHandlers(routes: RouteImplementer['database'], { database, jobs }: Core) {
  return {
    ...backupHandlers(routes, database),
    info: routes.info.handler(() => database.info()),
    folders: routes.folders.handler(({ signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'folder-sizes', title: 'Sizes of the data folder’s parts' },
        (options) => database.folders(options),
      ),
    ),
    check: routes.check.handler(({ signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'check-database', title: 'Check of the database' },
        (options) => database.check(options),
      ),
    ),
    backup: routes.backup.handler(({ signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'backup', title: 'Backup of the database', lasting: true },
        (options) => database.backup(options),
      ),
    ),
    compact: routes.compact.handler(({ signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'compact', title: 'Compacting the database', lasting: true },
        (options) => database.compact(options),
      ),
    ),
  };
}

/** Settings of the data folder. */
export const settingsHandlers = (routes: RouteImplementer['settings'], { settings }: Core) => ({
  get: routes.get.handler(() => settings.get()),
  set: routes.set.handler(({ input }) => settings.set(present(input))),
});
