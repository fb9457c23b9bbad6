import { isProcessAlive, type ProcessIdentity } from './process-identity.ts';
import type { Sql, Statement } from './sql.ts';

/** A claim on something by a living process: the queue, a run's folder, the open store. */
export interface Lease {
  readonly name: string;
  /** Who claimed it: the id of an opened store. */
  readonly holder: string;
  readonly process: ProcessIdentity;
  readonly beatMs: number;
}

interface LeaseRow {
  name: string;
  holder: string;
  machine: string;
  pid: number;
  process_start: string;
  beat_ms: number;
}

/** A process of another machine cannot be looked at: its lease lives for this long after its last beat. */
export const foreignLeaseMs = 30_000;

function fromRow(row: LeaseRow): Lease {
  return {
    name: row.name,
    holder: row.holder,
    process: { machine: row.machine, pid: row.pid, start: row.process_start },
    beatMs: row.beat_ms,
  };
}

/** Whether the claim still counts. On the same machine silence alone never ends it: the process decides. */
export function isLeaseAlive(lease: Lease, machine: string, nowMs: number): boolean {
  if (lease.process.machine === machine) return isProcessAlive(lease.process);
  return nowMs - lease.beatMs < foreignLeaseMs;
}

/** Leases for reading. */
export class LeaseReads {
  readonly #byName: Statement<LeaseRow>;
  readonly #byPrefix: Statement<LeaseRow>;

  constructor(sql: Sql) {
    this.#byName = sql.statement('leases.byName', 'SELECT * FROM leases WHERE name = ?');
    this.#byPrefix = sql.statement(
      'leases.byPrefix',
      'SELECT * FROM leases WHERE substr(name, 1, length(:prefix)) = :prefix ORDER BY name',
    );
  }

  get(name: string): Lease | null {
    const row = this.#byName.get([name]);
    return row === undefined ? null : fromRow(row);
  }

  list(prefix: string): Lease[] {
    return this.#byPrefix.all({ prefix }).map(fromRow);
  }
}

/** Leases for claiming. Every claim and renewal is one transaction, so that two claims cannot both win. */
export class LeaseWrites {
  readonly #sql: Sql;
  readonly #reads: LeaseReads;
  readonly #put: Statement;
  readonly #renew: Statement;
  readonly #release: Statement;
  readonly #drop: Statement;

  constructor(sql: Sql, reads: LeaseReads) {
    this.#sql = sql;
    this.#reads = reads;
    this.#put = sql.statement(
      'leases.put',
      'INSERT OR REPLACE INTO leases VALUES (:name, :holder, :machine, :pid, :start, :now)',
    );
    this.#renew = sql.statement(
      'leases.renew',
      'UPDATE leases SET beat_ms = ? WHERE name = ? AND holder = ?',
    );
    this.#release = sql.statement(
      'leases.release',
      'DELETE FROM leases WHERE name = ? AND holder = ?',
    );
    this.#drop = sql.statement('leases.drop', 'DELETE FROM leases WHERE name = ?');
  }

  /**
   * Takes the lease when nobody alive has it and returns null; otherwise returns the lease that stands.
   * `machine` is the one this process runs on.
   */
  claim(name: string, holder: string, process: ProcessIdentity, machine: string): Lease | null {
    return this.#sql.write('leases.claim', () => {
      const nowMs = Date.now();
      const standing = this.#reads.get(name);
      const taken =
        standing !== null && standing.holder !== holder && isLeaseAlive(standing, machine, nowMs);
      if (taken) return standing;
      this.#put.run({
        name,
        holder,
        machine: process.machine,
        pid: process.pid,
        start: process.start,
        now: nowMs,
      });
      return null;
    });
  }

  /** Renews the beat. False when somebody else has the lease by now. */
  renew(name: string, holder: string): boolean {
    return this.#renew.run([Date.now(), name, holder]) === 1;
  }

  release(name: string, holder: string): void {
    this.#release.run([name, holder]);
  }

  /** Removes the lease of a process that is known to have ended. */
  drop(name: string): void {
    this.#drop.run([name]);
  }
}
