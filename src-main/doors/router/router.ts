import { OffrecError } from '#contract/errors.ts';
import type { Greeting } from '#contract/routes/system.ts';
import { contractVersion } from '#contract/version.ts';
import type { Core } from '#core/core.ts';
import { inspectMachine } from '#core/doctor.ts';
import { present } from './answers.ts';
import { checkpointHandlers } from './checkpoint-routes.ts';
import { compareHandlers } from './compare-routes.ts';
import { datasetHandlers, experimentHandlers } from './data-routes.ts';
import { implementer, type RouteImplementer } from './implementer.ts';
import { queueHandlers } from './queue-routes.ts';
import { runHandlers } from './run-routes.ts';
import { setupHandlers } from './setup-routes.ts';
import { changesAfter } from './streams.ts';

export interface RouterOptions {
  /** How the client came in. */
  readonly door: Greeting['door'];
  /** Version of Offrec. */
  readonly version: string;
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
    doctor: routes.doctor.handler(({ signal }) => inspectMachine(signal)),
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
  } = implementer;
  return implementer.router({
    system: systemHandlers(system, core, options),
    changes: {
      watch: changes.watch.handler(({ input, signal }) => changesAfter(core, input.cursor, signal)),
    },
    datasets: datasetHandlers(datasets, core),
    experiments: experimentHandlers(experiments, core),
    runs: runHandlers(runs, core),
    queue: queueHandlers(queue, core),
    methods: {
      list: methods.list.handler(() => core.methods.list()),
      show: methods.show.handler(({ input }) => core.methods.show(input.name)),
      experimentSchema: methods.experimentSchema.handler(() => core.methods.experimentSchema()),
    },
    compare: compareHandlers(compare, core),
    tables: {
      data: tables.data.handler(({ input: { experiments: names, ...given } }) =>
        core.tables.data(names, present(given)),
      ),
      published: tables.published.handler(() => core.tables.published()),
    },
    checkpoints: checkpointHandlers(checkpoints, core),
  });
}
