import { mkdirSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { translateFileError } from '#engine/data/files.ts';
import { openStore, type Store } from '#store/store.ts';
import { NodeChildLauncher } from '#supervise/node-child-launcher.ts';
import type { CoreNotice, HostHealth } from './api.ts';
import { ChangeFeed } from './change-feed.ts';
import { createCheckpoints } from './checkpoints.ts';
import { createCompare } from './compare.ts';
import type { CoreContext } from './context.ts';
import type { Core, CoreOptions } from './core.ts';
import { createDatabase } from './database.ts';
import { createDatasets } from './datasets.ts';
import { createExperiments } from './experiments.ts';
import { HealthLog } from './health.ts';
import { homeFolders, type HomeFolders } from './home.ts';
import { OpenJobBook } from './job-book.ts';
import { Jobs } from './jobs.ts';
import { createMethods } from './methods.ts';
import { availableDevices, Estimator } from './estimate.ts';
import { createQueue, startingBudget } from './queue.ts';
import { QueueOwner } from './queue-owner.ts';
import { createRunPages } from './run-pages.ts';
import { createRuns } from './runs.ts';
import { createSaved } from './saved.ts';
import { createSetup } from './setup.ts';
import { createSettings, readSettings } from './settings.ts';
import { slowQueryLog } from './slow-queries.ts';
import { createTables } from './tables.ts';

/** Paths, not imports: the hosts are programs of their own, in the built application as in the sources. */
function hostEntry(name: string): string {
  const ending = extname(import.meta.filename);
  return fileURLToPath(new URL(`../hosts/${name}${ending}`, import.meta.url));
}

function prepareHome(home: HomeFolders): void {
  try {
    for (const folder of [home.root, home.datasets, home.runs, home.cache]) {
      mkdirSync(folder, { recursive: true });
    }
  } catch (error) {
    throw translateFileError(error, home.root);
  }
}

function openHomeStore(
  home: HomeFolders,
  options: CoreOptions,
  notice: (notice: CoreNotice) => void,
): Store {
  const readOnly = options.readOnly === true;
  return openStore({
    file: home.database,
    backupsFolder: home.backups,
    readOnly,
    restoreBackup: options.restoreBackup === true,
    ...(readOnly ? {} : { onSlowQuery: slowQueryLog(home.root, notice) }),
  });
}

function contextOf(
  home: HomeFolders,
  store: Store,
  options: CoreOptions,
  notice: (notice: CoreNotice) => void,
): CoreContext {
  return {
    home,
    store,
    readOnly: options.readOnly === true,
    launcher: options.launcher ?? new NodeChildLauncher(),
    hostEntries: {
      train: options.hostEntries?.train ?? hostEntry('train'),
      job: options.hostEntries?.job ?? hostEntry('import'),
    },
    get checkpointEveryS() {
      return options.checkpointEveryS ?? readSettings(store).checkpointEveryS;
    },
    get autoResume() {
      return options.autoResume ?? readSettings(store).autoResume;
    },
    concurrency: options.concurrency ?? null,
    devices: options.devices ?? availableDevices,
    notice,
    health: (health) => options.onHealth?.(health),
  };
}

/**
 * Opens a data folder: upgrades and checks its store, brings runs into order that a dead process left, and
 * gives the services. Rejects with `corrupt-file`, `version-mismatch`, `read-only`, `disk-full` or `busy`.
 */
export function openCore(options: CoreOptions): Promise<Core> {
  // Synchronous work in a promise, because the core will be reached over a port under Electron.
  return new Promise((resolve) => resolve(buildCore(options)));
}

/** What every service stands on, with the log of what the core notices. */
function openContext(options: CoreOptions): { context: CoreContext; log: HealthLog } {
  const home = homeFolders(options.home);
  if (options.readOnly !== true) prepareHome(home);
  const log = new HealthLog();
  const notice = (each: CoreNotice): void => {
    log.note(each);
    options.onNotice?.(each);
  };
  const store = openHomeStore(home, options, notice);
  for (const each of store.notices) log.note(each);
  const onHealth = (health: HostHealth): void => {
    log.observe(health);
    options.onHealth?.(health);
  };
  return { context: contextOf(home, store, { ...options, onHealth }, notice), log };
}

/** What has to end with the core, in this order. */
interface Closing {
  readonly owners: readonly { close(): Promise<void> }[];
  readonly feed: ChangeFeed;
}

async function closeCore({ store, notice }: CoreContext, { owners, feed }: Closing): Promise<void> {
  try {
    await Promise.all(owners.map((each) => each.close()));
  } finally {
    // Whatever went wrong before: a store that is left open is read through at the next start.
    feed.stop();
    const problem = store.close();
    if (problem !== null) notice({ level: 'warning', message: `No backup: ${problem.message}` });
  }
}

function buildCore(options: CoreOptions): Core {
  const { context, log } = openContext(options);
  const { home, store, readOnly } = context;
  const feed = new ChangeFeed(store, context.notice);
  const jobs = new Jobs(context);
  const jobBook = new OpenJobBook();
  const owner = new QueueOwner(context, () => startingBudget(context));
  if (!readOnly) owner.tidyUp();
  const datasets = createDatasets(context, jobs);
  const estimator = new Estimator(context, datasets);
  const runs = createRuns(context, owner, feed);
  return {
    home,
    readOnly,
    datasets,
    experiments: createExperiments(context, datasets, owner, estimator),
    runs,
    runPages: createRunPages(context),
    queue: createQueue(context, owner, runs, estimator),
    setup: createSetup(jobs),
    methods: createMethods(),
    tables: createTables(context),
    compare: createCompare(context),
    checkpoints: createCheckpoints(context, jobs),
    jobs: jobBook,
    settings: createSettings(context),
    saved: createSaved(context),
    database: createDatabase(context, jobs, owner),
    health: () => log.show(context),
    notices: store.notices,
    async inspect(options) {
      const { inspectMachine } = await import('./doctor.ts');
      return inspectMachine({ launcher: context.launcher, ...options });
    },
    cursor: () => store.read.revisions.current(),
    onChange: (listener, cursor) => feed.listen(listener, cursor),
    close: () => closeCore(context, { owners: [jobBook, jobs, owner], feed }),
  };
}
