import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { OffrecError } from '#contract/errors.ts';
import { migrations } from '#store/migrations/index.ts';
import type { Migration } from '#store/migrations/migration.ts';
import { Sql } from '#store/sql.ts';
import { identifyProcess, isProcessAlive } from '#store/process-identity.ts';
import { exampleRun, runId, storeIn, storeWithRun, temporaryFolder } from './support/stores.ts';

const file = (folder: string): string => join(folder, 'offrec.sqlite');
const backups = (folder: string): string[] =>
  existsSync(join(folder, 'backups')) ? readdirSync(join(folder, 'backups')).sort() : [];

const newest = migrations.at(-1)?.version ?? 0;
const addColumn: Migration = {
  version: newest + 10,
  name: 'colour',
  sql: 'ALTER TABLE runs ADD COLUMN colour TEXT',
};

describe('opening', () => {
  it('creates a store that says whose it is', () => {
    const folder = temporaryFolder();
    storeWithRun(folder).close();
    const database = new Database(file(folder), { readonly: true });
    expect(database.pragma('application_id', { simple: true })).toBe(0x4f666672);
    expect(database.pragma('user_version', { simple: true })).toBe(migrations.at(-1)?.version);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    database.close();
  });

  it('upgrades an older store and keeps a copy of it as it was', () => {
    const folder = temporaryFolder();
    storeWithRun(folder).close();
    const upgraded = storeIn(folder, { migrations: [...migrations, addColumn] });
    expect(upgraded.notices).toMatchObject([{ level: 'info' }]);
    expect(upgraded.read.runs.get(runId)?.record.id).toBe(runId);
    upgraded.close();
    const [copy] = backups(folder).filter((name) =>
      name.startsWith(`before-migration-${String(newest)}-`),
    );
    const old = new Database(join(folder, 'backups', copy ?? ''), { readonly: true });
    expect(old.pragma('user_version', { simple: true })).toBe(newest);
    expect(old.prepare('SELECT id FROM runs').all()).toEqual([{ id: runId }]);
    old.close();
  });

  it('leaves the store as it was when a migration fails', () => {
    const folder = temporaryFolder();
    storeWithRun(folder).close();
    const bad: Migration = {
      version: newest + 20,
      name: 'bad',
      sql: 'CREATE TABLE half (a); DROP TABLE nobody',
    };
    expect(() => storeIn(folder, { migrations: [...migrations, addColumn, bad] })).toThrow(
      OffrecError,
    );
    const database = new Database(file(folder), { readonly: true });
    expect(database.pragma('user_version', { simple: true })).toBe(newest);
    expect(database.prepare("SELECT name FROM sqlite_master WHERE name = 'half'").all()).toEqual(
      [],
    );
    database.close();
    expect(storeIn(folder).read.runs.get(runId)?.record.status).toBe('queued');
  });

  it('refuses migrations that are out of order', () => {
    const shuffled = [addColumn, ...migrations];
    expect(() => storeIn(temporaryFolder(), { migrations: shuffled })).toThrow(/out of order/);
  });

  it('refuses a store of a newer Offrec, to read and to write', () => {
    const folder = temporaryFolder();
    storeIn(folder, { migrations: [...migrations, addColumn] }).close();
    for (const readOnly of [false, true]) {
      expect(() => storeIn(folder, { readOnly })).toThrow(
        expect.objectContaining({ code: 'version-mismatch' }),
      );
    }
  });

  it('refuses what is no store of ours and leaves it alone', () => {
    const folder = temporaryFolder();
    writeFileSync(file(folder), 'this is a text file that is long enough to be a header'.repeat(4));
    const before = readFileSync(file(folder));
    expect(() => storeIn(folder)).toThrow(expect.objectContaining({ code: 'corrupt-file' }));
    expect(readFileSync(file(folder)).equals(before)).toBe(true);
    const other = temporaryFolder();
    const foreign = new Database(file(other));
    foreign.exec('CREATE TABLE notes (text)');
    foreign.close();
    expect(() => storeIn(other)).toThrow(expect.objectContaining({ code: 'unsupported-format' }));
    expect(() => storeIn(temporaryFolder(), { readOnly: true })).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });

  it('shares a store between processes and finds out who died', () => {
    const folder = temporaryFolder();
    const script = fileURLToPath(new URL('support/open-and-die.ts', import.meta.url));
    const store = storeIn(folder);
    expect(() => execFileSync(process.execPath, [script, folder], { stdio: 'ignore' })).toThrow();
    store.close();
    const next = storeIn(folder);
    expect(next.notices).toMatchObject([
      { level: 'info', message: expect.stringContaining('sound') },
    ]);
    expect(next.read.experiments.list().map(({ name }) => name)).toEqual(['left-behind']);
    next.close();
    expect(storeIn(folder).notices).toEqual([]);
  });

  it('tells a living process from a dead one and from another with its number', () => {
    const self = identifyProcess(process.pid);
    expect(isProcessAlive(self)).toBe(true);
    expect(isProcessAlive({ ...self, start: '1' })).toBe(false);
    expect(isProcessAlive({ ...self, pid: 2 ** 22 + 1 })).toBe(false);
  });

  it('notes statements that take long, by name', () => {
    const slow: string[] = [];
    const database = new Database(':memory:');
    database.function('dawdle', () => {
      const untilMs = performance.now() + 60;
      while (performance.now() < untilMs);
      return 1;
    });
    const sql = new Sql(database, ({ name }) => slow.push(name));
    sql.statement('quick one', 'SELECT 1').get();
    sql.statement('slow one', 'SELECT dawdle()').get();
    expect(slow).toContain('slow one');
    database.close();
  });

  it('takes a queue of thousands of runs', () => {
    const store = storeWithRun();
    store.atomically('many', () => {
      for (let row = 0; row < 10_000; row += 1) {
        store.write.runs.insert(exampleRun(`a${row.toString(16).padStart(15, '0')}`));
      }
    });
    expect(store.read.runs.queued(3).map(({ record }) => record.id)).toEqual([
      runId,
      'a000000000000000',
      'a000000000000001',
    ]);
    expect(store.read.runs.list({ limit: 5, offset: 9_998 }).length).toBe(3);
  });
});

describe('backups', () => {
  it('are written on a clean close, once for each state, three kept', () => {
    const folder = temporaryFolder();
    storeWithRun(folder).close();
    expect(backups(folder).length).toBe(1);
    storeIn(folder).close();
    expect(backups(folder).length).toBe(1);
    for (let round = 0; round < 4; round += 1) {
      const store = storeIn(folder);
      store.write.runs.setNote(runId, `round ${String(round)}`);
      expect(store.close()).toBeNull();
    }
    expect(backups(folder).length).toBe(3);
  });

  it('are left to the last process that closes', () => {
    const folder = temporaryFolder();
    const first = storeWithRun(folder);
    const second = storeIn(folder);
    first.close();
    expect(backups(folder)).toEqual([]);
    second.close();
    expect(backups(folder).length).toBe(1);
  });

  it('take the place of a damaged store when that is allowed, the damaged file kept', () => {
    const folder = temporaryFolder();
    storeWithRun(folder).close();
    const later = storeIn(folder);
    later.write.runs.setNote(runId, 'newest');
    later.close();
    // The newest backup is damaged as well: the one before it is used.
    const newest = backups(folder).at(-1) ?? '';
    truncateSync(join(folder, 'backups', newest), 5000);
    writeFileSync(file(folder), 'no database at all');
    expect(() => storeIn(folder)).toThrow(expect.objectContaining({ code: 'corrupt-file' }));
    const store = storeIn(folder, { restoreBackup: true });
    expect(store.notices).toMatchObject([
      { level: 'warning', message: expect.stringContaining('damaged') },
    ]);
    expect(store.read.runs.get(runId)?.note).toBe('');
    const [kept] = readdirSync(folder).filter((name) => name.includes('.damaged-'));
    expect(readFileSync(join(folder, kept ?? ''), 'utf8')).toBe('no database at all');
  });

  it('are not passed over in silence when the store itself is gone', () => {
    const folder = temporaryFolder();
    storeWithRun(folder).close();
    copyFileSync(file(folder), join(folder, 'elsewhere'));
    truncateSync(file(folder), 0);
    expect(() => storeIn(folder)).toThrow(expect.objectContaining({ code: 'corrupt-file' }));
    expect(storeIn(folder, { restoreBackup: true }).read.runs.get(runId)).not.toBeNull();
  });

  it('say so when there is no good one', () => {
    const folder = temporaryFolder();
    writeFileSync(file(folder), 'x'.repeat(500));
    expect(() => storeIn(folder, { restoreBackup: true })).toThrow(/no good backup/);
    expect(readFileSync(file(folder), 'utf8')).toBe('x'.repeat(500));
  });
});
