import type { SetupState } from '#contract/routes/system.ts';
import type { Core } from '#core/core.ts';
import type { RouteImplementer } from './implementer.ts';

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

/** The state now and after every change; changes in between are one while the client is busy. */
async function* statesOf(
  setup: Core['setup'],
  gone: AbortSignal | undefined,
): AsyncGenerator<SetupState, void> {
  let wake = (): void => {};
  let changed = true;
  const onChange = (): void => {
    changed = true;
    wake();
  };
  const stop = setup.onChange(onChange);
  gone?.addEventListener('abort', onChange, { once: true });
  const isGone = (): boolean => gone?.aborted === true;
  try {
    while (!isGone()) {
      if (!changed) await new Promise<void>((resolve) => (wake = resolve));
      changed = false;
      if (!isGone()) yield setup.state();
    }
  } finally {
    stop();
    gone?.removeEventListener('abort', onChange);
  }
}
