import type { Core } from '#core/core.ts';
import type { RouteImplementer } from './implementer.ts';
import { statesOf } from './streams.ts';

/** The native libraries: how they stand, preparing them. */
export function setupHandlers(routes: RouteImplementer['system'], { setup }: Core) {
  return {
    setup: routes.setup.handler(({ signal }) => statesOf(setup, signal)),
    prepare: routes.prepare.handler(({ input }) => {
      setup.prepare(input);
      return {};
    }),
    cancelPreparation: routes.cancelPreparation.handler(() => {
      setup.cancel();
      return {};
    }),
  };
}
