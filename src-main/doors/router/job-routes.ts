import type { JobState } from '#core/api.ts';
import type { Core } from '#core/core.ts';
import type { RouteImplementer } from './implementer.ts';
import { asWireEvents, statesOf } from './streams.ts';

/** Jobs, whoever began them. */
export const jobHandlers = (routes: RouteImplementer['jobs'], { jobs }: Pick<Core, 'jobs'>) => ({
  list: routes.list.handler(() => jobs.list()),
  follow: routes.follow.handler(({ signal }) =>
    statesOf<JobState[]>({ state: () => jobs.list(), onChange: jobs.onChange.bind(jobs) }, signal),
  ),
  watch: routes.watch.handler(({ input, signal }) => asWireEvents(jobs.watch(input.id, signal))),
  cancel: routes.cancel.handler(async ({ input }) => {
    await jobs.cancel(input.id);
    return {};
  }),
});
