import type { Core } from '#core/core.ts';
import type { RouteImplementer } from './implementer.ts';

/** What readers keep under a name. */
export const savedHandlers = (routes: RouteImplementer['saved'], { saved }: Core) => ({
  list: routes.list.handler(() => saved.list()),
  putTable: routes.putTable.handler(({ input }) => saved.put('tables', input)),
  putRunView: routes.putRunView.handler(({ input }) => saved.put('runViews', input)),
  remove: routes.remove.handler(({ input: { kind, name } }) => saved.remove(kind, name)),
});
