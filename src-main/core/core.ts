import type { Health } from '#contract/routes/health.ts';
import type { MachineReport } from '#contract/routes/system.ts';
import type { ComputeDevice } from '#engine/methods/method.ts';
import type { HostLauncher } from '#supervise/host-launcher.ts';
import type {
  Checkpoints,
  CoreChange,
  CoreNotice,
  Datasets,
  Experiments,
  HostHealth,
  JobBook,
  JobOptions,
  Methods,
  Queue,
  Runs,
  Setup,
  Tables,
} from './api.ts';
import type { Compare } from './compare.ts';
import type { HomeFolders } from './home.ts';
import type { DatabaseService } from './database.ts';
import type { RunPages } from './run-pages.ts';
import type { Saved } from './saved.ts';
import type { Settings } from './settings.ts';

export interface CoreOptions {
  /** Absolute path of the data folder; see `resolveHome`. Created when missing, unless `readOnly`. */
  home: string;
  /** Opens the store for reading only; every writing call is OffrecError `read-only`. */
  readOnly?: boolean;
  /** Most train hosts at once, for this process's life. Default: the stored budget. */
  concurrency?: number;
  /** Seconds between the checkpoints that nobody asked for. Default: the stored setting. */
  checkpointEveryS?: number;
  /** Resume a run once by itself after its host crashed. Default: the stored setting. */
  autoResume?: boolean;
  /** Restore the newest good backup when the database is damaged; without it opening is refused. */
  restoreBackup?: boolean;
  /** What can compute here, the fastest first. Default: what is found on this machine. */
  devices?: () => readonly ComputeDevice[];
  launcher?: HostLauncher;
  /** Entry files of the child processes, for bundles and tests. */
  hostEntries?: { train?: string; job?: string };
  onNotice?: (notice: CoreNotice) => void;
  onHealth?: (health: HostHealth) => void;
}

/** Everything that a door needs. Reads answer at once; what takes time returns a promise. */
export interface Core {
  readonly home: HomeFolders;
  readonly readOnly: boolean;
  readonly datasets: Datasets;
  readonly experiments: Experiments;
  readonly runs: Runs;
  readonly runPages: RunPages;
  readonly queue: Queue;
  readonly setup: Setup;
  readonly methods: Methods;
  readonly tables: Tables;
  readonly compare: Compare;
  readonly checkpoints: Checkpoints;
  readonly jobs: JobBook;
  readonly settings: Settings;
  readonly saved: Saved;
  readonly database: DatabaseService;
  health(): Health;
  /** What happened while opening: a recovery, a migration. */
  readonly notices: readonly CoreNotice[];
  /** Looks over the installation, with the hosts that this core starts: seconds to a minute. */
  inspect(options?: JobOptions): Promise<MachineReport>;
  /** Where the changes are now: what is read from here on misses nothing that `onChange` tells after it. */
  cursor(): number;
  /**
   * Calls the listener with what changed since `cursor` (default: now), at most five times a second, whichever
   * process changed it. Returns the function that ends it.
   */
  onChange(listener: (change: CoreChange) => void, cursor?: number): () => void;
  /**
   * Pauses the runs of this process (queued again when another process stands by), closes the store, writes
   * its backup. Resolves when every child process has ended.
   */
  close(): Promise<void>;
}
