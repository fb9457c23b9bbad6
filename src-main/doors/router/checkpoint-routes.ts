import { OffrecError } from '#contract/errors.ts';
import type { RunFilter } from '#contract/routes/runs.ts';
import type { Core } from '#core/core.ts';
import { present } from './answers.ts';
import type { RouteImplementer } from './implementer.ts';
import { jobEvents } from './streams.ts';

/** A filter of runs as the core takes it. */
function selectionOf({ text, ids, ...filter }: RunFilter) {
  return { ...present({ text, ids }), filter: present(filter) };
}

function folderOf(core: Core, run: string, name: string): string {
  const found = core.runs.show(run).checkpoints.find((checkpoint) => checkpoint.name === name);
  if (found !== undefined) return found.folder;
  throw new OffrecError('not-found', `Run ${run} has no checkpoint ${name}.`, { where: run });
}

/** Checkpoints: what takes long. */
function checkpointJobHandlers(routes: RouteImplementer['checkpoints'], core: Core) {
  const { checkpoints, jobs } = core;
  return {
    verify: routes.verify.handler(({ input: { run, name }, signal }) => {
      const folder = folderOf(core, run, name);
      const title = `Check of ${name} of run ${run}`;
      return jobEvents(
        jobs,
        signal,
        { kind: 'verify-checkpoint', title, subject: `${run}/${name}` },
        (options) => checkpoints.verify(folder, options),
      );
    }),
    verifyFolder: routes.verifyFolder.handler(({ input: { folder }, signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'verify-checkpoint', title: 'Check of a checkpoint’s folder', subject: folder },
        (options) => checkpoints.verify(folder, options),
      ),
    ),
    export: routes.export.handler(({ input: { run, target, name }, signal }) => {
      const of = name ?? core.runs.show(run).checkpoints.at(-1)?.name ?? '';
      const title = `Export of ${of} of run ${run}`;
      return jobEvents(
        jobs,
        signal,
        { kind: 'export-checkpoint', title, subject: `${run}/${of}`, lasting: true },
        (options) =>
          checkpoints.export(run, target, { ...options, ...present({ checkpoint: name }) }),
      );
    }),
    remove: routes.remove.handler(({ input: { of }, signal }) => {
      const title = `Removal of ${String(of.length)} checkpoints`;
      return jobEvents(
        jobs,
        signal,
        { kind: 'remove-checkpoints', title, lasting: true },
        (options) => checkpoints.remove(of, options),
      );
    }),
    play: routes.play.handler(({ input, signal }) =>
      jobEvents(
        jobs,
        signal,
        { kind: 'play', title: `Session with run ${input.run}`, subject: input.run },
        (options) => checkpoints.play(input, options),
      ),
    ),
  };
}

/** Checkpoints: looking at them, taking them along, playing with them. */
export function checkpointHandlers(routes: RouteImplementer['checkpoints'], core: Core) {
  const { checkpoints } = core;
  return {
    ...checkpointJobHandlers(routes, core),
    list: routes.list.handler(({ input }) => core.runs.show(input.run).checkpoints),
    all: routes.all.handler(({ input: { filter, final, sort, ...page } }) =>
      checkpoints.all({
        of: selectionOf(filter),
        ...present({ final }),
        order: sort.by,
        descending: sort.descending,
        ...page,
      }),
    ),
    prunable: routes.prunable.handler(({ input: { filter, keep } }) =>
      checkpoints.prunable(selectionOf(filter), keep),
    ),
  };
}
