import type { Core } from '#core/core.ts';
import { present } from './answers.ts';
import type { RouteImplementer } from './implementer.ts';

const shownFailures = 50;

/** The queue: what runs, what waits, and who decides. */
export function queueHandlers(routes: RouteImplementer['queue'], { queue, runs }: Core) {
  return {
    show: routes.show.handler(async ({ input }) => {
      const queued = queue.list();
      return {
        owner: queue.owner(),
        budget: queue.budget(),
        held: queue.held(),
        devices: queue.devices(),
        running: queue.running(),
        failures: queue.failures(shownFailures),
        expected: await queue.expected(),
        total: queued.length,
        runs: queued.slice(0, input.limit),
      };
    }),
    serve: routes.serve.handler(async () => ({ servedBy: await queue.serve() })),
    setBudget: routes.setBudget.handler(({ input }) => queue.setBudget(present(input))),
    hold: routes.hold.handler(({ input }) => {
      queue.hold(input.held);
      return {};
    }),
    pauseAll: routes.pauseAll.handler(async () => ({ paused: await queue.pauseAll() })),
    resumeAll: routes.resumeAll.handler(async () => {
      const resumed = await queue.resumeAll();
      await queue.serve();
      return { resumed };
    }),
    move: routes.move.handler(({ input }) => {
      runs.moveBefore(input.id, input.before);
      return {};
    }),
  };
}
