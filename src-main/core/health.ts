import { existsSync, readFileSync } from 'node:fs';
import type { Health, HostState } from '#contract/routes/health.ts';
import { isLeaseAlive } from '#store/leases.ts';
import type { CoreNotice, HostHealth } from './api.ts';
import { runLeasePrefix, type CoreContext } from './context.ts';
import { readSlowQueries } from './slow-queries.ts';

const keptNotices = 100;
const shownQueries = 50;
const pageBytes = 4096;

/** Resident memory of a process as the kernel tells it; null on other systems and for those that are gone. */
function residentBytes(pid: number): number | null {
  const file = `/proc/${String(pid)}/statm`;
  try {
    if (!existsSync(file)) return null;
    return Number(readFileSync(file, 'utf8').split(' ')[1]) * pageBytes;
  } catch {
    return null;
  }
}

/** What the core noticed about itself since it was opened. */
export class HealthLog {
  readonly #notices: Health['notices'] = [];
  readonly #silent = new Map<string, number>();

  note(notice: CoreNotice): void {
    this.#notices.unshift({ ...notice, time: new Date().toISOString() });
    this.#notices.length = Math.min(this.#notices.length, keptNotices);
  }

  observe({ run, responsive, silentMs }: HostHealth): void {
    this.#silent.set(run, responsive ? 0 : silentMs);
  }

  show(context: CoreContext): Health {
    return {
      core: {
        pid: process.pid,
        memoryBytes: process.memoryUsage.rss(),
        uptimeS: process.uptime(),
      },
      hosts: this.#hosts(context),
      notices: [...this.#notices],
      slowQueries: readSlowQueries(context.home.root, shownQueries),
    };
  }

  #hosts({ store }: CoreContext): HostState[] {
    const { machine: here } = store.process;
    return store.read.leases
      .list(runLeasePrefix)
      .filter((lease) => isLeaseAlive(lease, here, Date.now()))
      .map(({ name, holder, process: { pid, machine } }) => {
        const run = name.slice(runLeasePrefix.length);
        const memoryBytes = machine === here ? residentBytes(pid) : null;
        const silentMs = holder === store.holder ? (this.#silent.get(run) ?? 0) : null;
        return { run, pid, machine, memoryBytes, silentMs };
      });
  }
}
