import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type Database from 'better-sqlite3';
import { OffrecError } from '#contract/errors.ts';
import {
  backupBeforeMigration,
  backupOnClose,
  listBackups,
  restoreNewestBackup,
} from './backups.ts';
import {
  checkHeader,
  integrityProblems,
  migrate,
  newestVersion,
  openFile,
  refuseNewer,
  userVersion,
} from './database-file.ts';
import { factsOf, type StoreFacts } from './facts.ts';
import { isLeaseAlive, LeaseWrites } from './leases.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { identifyProcess, type ProcessIdentity } from './process-identity.ts';
import { readsOf, writesOf, type StoreReads, type StoreWrites } from './repositories.ts';
import { followRestoreRequest, sessionPrefix } from './restore-request.ts';
import { Sql, type SlowQuery } from './sql.ts';

export interface StoreOptions {
  readonly file: string;
  readonly backupsFolder: string;
  readonly readOnly?: boolean;
  /** Put the newest good backup in the place of a damaged file. Without it a damaged file is refused. */
  readonly restoreBackup?: boolean;
  readonly onSlowQuery?: (query: SlowQuery) => void;
  /** The steps of the schema; another list only in tests. */
  readonly migrations?: readonly Migration[];
}

export interface StoreNotice {
  readonly level: 'info' | 'warning';
  readonly message: string;
}

/** The open store. One a process and data folder; `close` ends it. */
export class Store {
  readonly read: StoreReads;
  readonly notices: readonly StoreNotice[];
  /** Names this opening of the store in leases. */
  readonly holder = randomBytes(8).toString('hex');
  readonly process: ProcessIdentity;
  readonly #database: Database.Database;
  readonly #sql: Sql;
  readonly #writes: StoreWrites | null;
  readonly #backupsFolder: string;
  readonly #afterClose: () => void;

  constructor(opened: Opened, options: StoreOptions) {
    this.#database = opened.database;
    this.#sql = opened.sql;
    this.read = opened.reads;
    this.notices = opened.notices;
    this.#afterClose = opened.afterClose;
    this.#backupsFolder = options.backupsFolder;
    this.process = identifyProcess(process.pid);
    this.#writes = options.readOnly === true ? null : writesOf(opened.sql, opened.reads);
    this.#writes?.leases.claim(
      sessionPrefix + this.holder,
      this.holder,
      this.process,
      this.process.machine,
    );
  }

  /** Throws `read-only` when the store was opened for reading. */
  get write(): StoreWrites {
    if (this.#writes === null) {
      throw new OffrecError('read-only', 'The data folder was opened for reading only.', {
        where: this.#database.name,
      });
    }
    return this.#writes;
  }

  /** Several writes as one: all of them, or none when the body throws. */
  atomically<T>(name: string, body: () => T): T {
    return this.#sql.writeDurably(name, body);
  }

  /** Several reads of one moment. */
  snapshot<T>(name: string, body: () => T): T {
    return this.#sql.snapshot(name, body);
  }

  /** Size of the file with its write-ahead log, what of it is unused, and how much it holds. */
  facts(): StoreFacts {
    return factsOf(this.#database);
  }

  /**
   * Closes; the last process to close writes a backup when something has changed since the newest. A backup
   * that fails does not keep the store open: its error is returned.
   */
  close(): OffrecError | null {
    if (!this.#database.open) return null;
    let problem: OffrecError | null = null;
    try {
      this.#writes?.leases.release(sessionPrefix + this.holder, this.holder);
      if (this.#writes !== null && this.read.leases.list(sessionPrefix).length === 0) {
        const kept = this.read.keepsakes.setting<{ backupsKept?: number }>('settings')?.backupsKept;
        const revision = this.read.revisions.current();
        backupOnClose(this.#database, this.#backupsFolder, revision, kept ?? 3);
      }
    } catch (error) {
      problem =
        error instanceof OffrecError
          ? error
          : new OffrecError('internal', 'The backup failed.', { cause: error });
    } finally {
      this.#database.close();
      this.#afterClose();
    }
    return problem;
  }
}

interface Opened {
  readonly database: Database.Database;
  readonly sql: Sql;
  readonly reads: StoreReads;
  readonly notices: StoreNotice[];
  readonly afterClose: () => void;
}

const nothing = (): void => undefined;

/**
 * Opens the store, creating or upgrading it when needed. Throws `corrupt-file` for a damaged file (see
 * `restoreBackup`), `version-mismatch` for one of a newer Offrec, `unsupported-format` for a foreign one,
 * `read-only`, `disk-full` or `busy` as the disk has it.
 */
export function openStore(options: StoreOptions): Store {
  try {
    if (options.readOnly === true) return build(openToRead(options), options);
    const restored = followRestoreRequest(options.file, options.backupsFolder);
    const opened = openToWrite(options);
    if (restored !== null) opened.notices.unshift({ level: 'warning', message: restored });
    return build(opened, options);
  } catch (error) {
    const damaged = error instanceof OffrecError && error.code === 'corrupt-file';
    if (!damaged || options.restoreBackup !== true || options.readOnly === true) throw error;
    const newest = newestVersion(options.migrations ?? allMigrations);
    const restored = restoreNewestBackup(options.file, options.backupsFolder, newest);
    const opened = openToWrite(options);
    opened.notices.unshift({
      level: 'warning',
      message:
        `The store was damaged (${error.message}). The backup ${restored.from.name} has taken its place; ` +
        `the damaged file is kept as ${basename(restored.damaged)}.`,
    });
    return build(opened, options);
  }
}

function build(opened: Opened, options: StoreOptions): Store {
  try {
    return new Store(opened, options);
  } catch (error) {
    opened.database.close();
    opened.afterClose();
    throw error;
  }
}

function openToWrite(options: StoreOptions): Opened {
  const steps = options.migrations ?? allMigrations;
  if (checkHeader(options.file) !== 'ours' && listBackups(options.backupsFolder).length > 0) {
    throw new OffrecError('corrupt-file', 'The store is gone or empty, but there are backups.', {
      where: options.file,
      hint: 'Restore the newest one with offrec database restore, or move the folder of backups away to begin anew.',
    });
  }
  const database = openFile(options.file, false);
  try {
    const notices = upgrade(database, steps, options.backupsFolder);
    const sql = new Sql(database, options.onSlowQuery ?? nothing);
    const reads = readsOf(sql);
    notices.push(...checkAfterUncleanEnd(database, reads, new LeaseWrites(sql, reads.leases)));
    return { database, sql, reads, notices, afterClose: nothing };
  } catch (error) {
    database.close();
    throw error;
  }
}

function refuseDamaged(database: Database.Database): void {
  const problems = integrityProblems(database);
  if (problems.length === 0) return;
  throw new OffrecError(
    'corrupt-file',
    `The store is damaged: ${problems.slice(0, 3).join('; ')}.`,
    {
      where: database.name,
      hint: 'Put the newest good backup in its place: offrec database restore. The damaged file is kept.',
    },
  );
}

function upgrade(
  database: Database.Database,
  steps: readonly Migration[],
  backupsFolder: string,
): StoreNotice[] {
  const newest = newestVersion(steps);
  refuseNewer(database, newest);
  const version = userVersion(database);
  if (version === newest) return [];
  if (version === 0) {
    migrate(database, steps);
    return [];
  }
  refuseDamaged(database);
  const backup = backupBeforeMigration(database, backupsFolder);
  migrate(database, steps);
  const message = `The store was upgraded from schema ${String(version)} to ${String(newest)}; ${basename(backup)} holds it as it was.`;
  return [{ level: 'info', message }];
}

/** Sessions whose process is gone did not close: the file is read through before it is used again. */
function checkAfterUncleanEnd(
  database: Database.Database,
  reads: StoreReads,
  leases: LeaseWrites,
): StoreNotice[] {
  const { machine } = identifyProcess(process.pid);
  const dead = reads.leases
    .list(sessionPrefix)
    .filter((lease) => !isLeaseAlive(lease, machine, Date.now()));
  if (dead.length === 0) return [];
  refuseDamaged(database);
  for (const lease of dead) leases.drop(lease.name);
  const message = 'The last session did not close its store; it was checked and is sound.';
  return [{ level: 'info', message }];
}

function openToRead(options: StoreOptions): Opened {
  if (checkHeader(options.file) !== 'ours') {
    throw new OffrecError('not-found', 'There is no store in this data folder.', {
      where: options.file,
    });
  }
  const { database, afterClose } = openReadable(options.file);
  try {
    const newest = newestVersion(options.migrations ?? allMigrations);
    refuseNewer(database, newest);
    if (userVersion(database) < newest) {
      throw new OffrecError('version-mismatch', 'The store is of an older Offrec.', {
        where: options.file,
        hint: 'Open it once for writing, so that it is upgraded.',
      });
    }
    const sql = new Sql(database, options.onSlowQuery ?? nothing);
    return { database, sql, reads: readsOf(sql), notices: [], afterClose };
  } catch (error) {
    database.close();
    afterClose();
    throw error;
  }
}

/** Reading a WAL database needs a writable folder; where there is none, a temporary copy is read. */
function openReadable(file: string): { database: Database.Database; afterClose: () => void } {
  try {
    return { database: openFile(file, true), afterClose: nothing };
  } catch (error) {
    if (!(error instanceof OffrecError) || error.code !== 'read-only') throw error;
    const folder = mkdtempSync(join(tmpdir(), 'offrec-read-'));
    const copy = join(folder, 'offrec.sqlite');
    const afterClose = (): void => rmSync(folder, { recursive: true, force: true });
    try {
      for (const suffix of ['', '-wal']) {
        if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix);
      }
      return { database: openFile(copy, false), afterClose };
    } catch (failure) {
      afterClose();
      throw failure;
    }
  }
}
