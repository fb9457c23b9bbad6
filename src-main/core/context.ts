import { join } from 'node:path';
import type { ComputeDevice } from '#engine/methods/method.ts';
import type { Store } from '#store/store.ts';
import type { HostLauncher } from '#supervise/host-launcher.ts';
import type { CoreNotice, HostHealth } from './api.ts';
import type { HomeFolders } from './home.ts';

/** What the services of one core share. */
export interface CoreContext {
  readonly home: HomeFolders;
  readonly store: Store;
  readonly readOnly: boolean;
  readonly launcher: HostLauncher;
  readonly hostEntries: { readonly train: string; readonly job: string };
  readonly checkpointEveryS: number;
  readonly autoResume: boolean;
  /** Most hosts at once for this process, or null for the stored budget's number. */
  readonly concurrency: number | null;
  /** What can compute here now, the fastest first. */
  readonly devices: () => readonly ComputeDevice[];
  readonly notice: (notice: CoreNotice) => void;
  readonly health: (health: HostHealth) => void;
}

/** Compiled code of the hosts, so that one starts in half the time. */
export function hostEnvironment(home: HomeFolders): Record<string, string> {
  return { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(home.cache, 'compiled') };
}

export function runFolder(home: HomeFolders, run: string): string {
  return join(home.runs, run);
}

export function checkpointFolder(home: HomeFolders, run: string, checkpoint: string): string {
  return join(runFolder(home, run), 'checkpoints', checkpoint);
}

/** Lease of the process that starts runs. */
export const queueLease = 'queue';
/** Leases of processes that would take the queue over. */
export const standbyPrefix = 'standby/';
/** Leases of hosts: who may write into a run's folder. */
export const runLeasePrefix = 'run/';
