import { OffrecError } from '#contract/errors.ts';
import type { SeriesBuckets } from '#contract/routes/runs.ts';
import type { Core } from '#core/core.ts';
import { forEachRun, present } from './answers.ts';
import type { RouteImplementer } from './implementer.ts';

/** Runs: looking at them. */
function runReaders(routes: RouteImplementer['runs'], { runs, runPages }: Core) {
  return {
    list: routes.list.handler(({ input }) => {
      const { text, ids, ...filter } = input.filter;
      const { offset, limit, lasts } = input;
      const page = runPages.page({
        ...present({ text, ids }),
        filter: present(filter),
        order: input.sort.by,
        descending: input.sort.descending,
        offset,
        limit,
        lasts,
      });
      const rows = page.rows.map(({ record, ...beside }) => ({ ...record, ...beside }));
      return { total: page.total, rows };
    }),
    show: routes.show.handler(({ input }) => runs.show(input.id)),
    resolve: routes.resolve.handler(({ input }) => ({ id: runs.resolve(input.prefix) })),
    series: routes.series.handler(({ input: { of, pixels, axis, discarded, ...range } }) =>
      of.map(({ run, metric }) => ({
        run,
        ...bucketsOf(runs, run, metric, { pixels, axis, discarded, ...present(range) }),
      })),
    ),
    points: routes.points.handler(({ input: { id, metric, ...part } }) =>
      runs.points(id, metric, part),
    ),
    log: routes.log.handler(({ input: { id, ...part } }) => runs.logs(id, part)),
  };
}

/** A series that a run does not have (yet) is an empty one: charts ask before the first point. */
function bucketsOf(
  runs: Core['runs'],
  ...[run, metric, view]: Parameters<Core['runs']['buckets']>
): Omit<SeriesBuckets, 'run'> {
  try {
    return runs.buckets(run, metric, view);
  } catch (error) {
    if (!(error instanceof OffrecError) || error.code !== 'not-found') throw error;
    const none = new Float64Array(0);
    const places = { firstPlaces: none, lastPlaces: none, segmentStarts: none };
    const values = { mins: none, maxs: none, means: none, lasts: none, counts: none };
    return { metric, total: 0, fromPlace: 0, toPlace: 0, ...places, ...values };
  }
}

/** Runs: looking at them and changing them. */
export function runHandlers(routes: RouteImplementer['runs'], core: Core) {
  const { runs } = core;
  return {
    ...runReaders(routes, core),
    pause: routes.pause.handler(({ input }) => forEachRun(input.ids, (id) => runs.pause(id))),
    stop: routes.stop.handler(({ input }) => forEachRun(input.ids, (id) => runs.stop(id))),
    resume: routes.resume.handler(({ input }) => forEachRun(input.ids, (id) => runs.resume(id))),
    resumeFrom: routes.resumeFrom.handler(({ input: { id, checkpoint } }) =>
      runs.resume(id, { checkpoint }),
    ),
    fork: routes.fork.handler(({ input: { id, ...options } }) => runs.fork(id, present(options))),
    checkpoint: routes.checkpoint.handler(({ input }) => runs.checkpoint(input.id)),
    setPriority: routes.setPriority.handler(({ input: { ids, priority } }) =>
      forEachRun(ids, (id) => runs.setPriority(id, priority)),
    ),
    tag: routes.tag.handler(({ input: { ids, add, remove } }) =>
      forEachRun(ids, (id) => runs.tag(id, { add, remove })),
    ),
    mark: routes.mark.handler(({ input: { ids, ...marks } }) =>
      forEachRun(ids, (id) => runs.mark(id, present(marks))),
    ),
    setNote: routes.setNote.handler(({ input: { id, note } }) => {
      runs.setNote(id, note);
      return {};
    }),
    remove: routes.remove.handler(({ input }) => forEachRun(input.ids, (id) => runs.remove(id))),
  };
}
