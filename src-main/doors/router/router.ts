import { homedir } from 'node:os';
import { OffrecError } from '#contract/errors.ts';
import type { Greeting } from '#contract/routes/system.ts';
import { contractVersion } from '#contract/version.ts';
import { FolderBrowser } from '#core/browse.ts';
import type { Core } from '#core/core.ts';
import { present } from './answers.ts';
import { checkpointHandlers } from './checkpoint-routes.ts';
import { compareHandlers } from './compare-routes.ts';
import { datasetHandlers, experimentHandlers } from './data-routes.ts';
import { databaseHandlers, settingsHandlers } from './home-routes.ts';
import { implementer, type RouteImplementer } from './implementer.ts';
import { jobHandlers } from './job-routes.ts';
import { doctorHandler, methodHandlers } from './machine-routes.ts';
import { queueHandlers } from './queue-routes.ts';
import { runHandlers } from './run-routes.ts';
import { savedHandlers } from './saved-routes.ts';
import { setupHandlers } from './setup-routes.ts';
import { changesAfter } from './streams.ts';

export interface RouterOptions {
  /** How the client came in. */
  readonly door: Greeting['door'];
  /** Version of Offrec. */
  readonly version: string;
  /** Folders of this machine that a client may look through; default: the user's own. */
  readonly browse?: readonly string[];
}

function systemHandlers(routes: RouteImplementer['system'], core: Core, options: RouterOptions) {
  return {
    hello: routes.hello.handler(({ input }) => {
      if (input.contract !== contractVersion) {
        throw new OffrecError('version-mismatch', 'The page is of another version than Offrec.', {
          where: `contract ${String(input.contract)} instead of ${String(contractVersion)}`,
          hint: 'Reload the page; when that does not help, build it again.',
        });
      }
      return {
        contract: contractVersion,
        offrec: options.version,
        home: core.home.root,
        readOnly: core.readOnly,
        door: options.door,
        cursor: core.cursor(),
        notices: core.notices,
      };
    }),
    ...setupHandlers(routes, core),
    doctor: doctorHandler(routes, core),
  };
}

/** The contract over a core, for any transport. Requests and answers are checked against their schemas here. */
export function createRouter(core: Core, options: RouterOptions) {
  const {
    compare,
    system,
    changes,
    datasets,
    experiments,
    runs,
    queue,
    methods,
    tables,
    checkpoints,
    files,
  } = implementer;
  const browser = new FolderBrowser(options.browse ?? [homedir()]);
  return implementer.router({
    system: systemHandlers(system, core, options),
    changes: {
      watch: changes.watch.handler(({ input, signal }) => changesAfter(core, input.cursor, signal)),
    },
    datasets: datasetHandlers(datasets, core),
    jobs: jobHandlers(implementer.jobs, core),
    experiments: experimentHandlers(experiments, core),
    runs: runHandlers(runs, core),
    queue: queueHandlers(queue, core),
    methods: methodHandlers(methods, core.methods),
    settings: settingsHandlers(implementer.settings, core),
    saved: savedHandlers(implementer.saved, core),
    database: databaseHandlers(implementer.database, core),
    health: { show: implementer.health.show.handler(() => core.health()) },
    compare: compareHandlers(compare, core),
    tables: {
      data: tables.data.handler(({ input: { experiments: names, ...given } }) =>
        core.tables.data(names, present(given)),
      ),
      published: tables.published.handler(() => core.tables.published()),
    },
    checkpoints: checkpointHandlers(checkpoints, core),
    files: {
      list: files.list.handler(({ input: { folder, hidden } }) => browser.list(folder, hidden)),
    },
  });
}
