import type { Core } from '#core/core.ts';
import { present } from './answers.ts';
import type { RouteImplementer } from './implementer.ts';

/** Runs side by side. */
export function compareHandlers(routes: RouteImplementer['compare'], { compare }: Core) {
  return {
    metrics: routes.metrics.handler(({ input }) => compare.metrics(input.runs)),
    summaries: routes.summaries.handler(({ input }) =>
      compare.summaries(input.runs, input.metrics),
    ),
    curves: routes.curves.handler(({ input }) => compare.curves(present(input))),
  };
}
