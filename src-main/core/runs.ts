import { rmSync } from 'node:fs';
import { OffrecError } from '#contract/errors.ts';
import type { RunRecord, RunStatus } from '#contract/run.ts';
import type { RunQuery } from '#store/runs-read.ts';
import type { CheckpointRecord, RunDetail, RunFilter, Runs } from './api.ts';
import type { ChangeFeed } from './change-feed.ts';
import { checkpointFolder, runFolder, type CoreContext } from './context.ts';
import { forkRun } from './fork.ts';
import type { QueueOwner } from './queue-owner.ts';
import { dropAfter, presentCheckpoints } from './run-checkpoints.ts';
import { RunControl } from './run-control.ts';
import { requireRun } from './run-lookup.ts';
import { createRunSeries } from './run-series.ts';

const shortestPrefix = 4;

function queryOf(filter: RunFilter): RunQuery {
  const { status, ...rest } = filter;
  return status === undefined ? rest : { ...rest, statuses: status };
}

function resolveId(context: CoreContext, prefix: string): string {
  if (!/^[0-9a-f]{1,16}$/.test(prefix) || prefix.length < shortestPrefix) {
    throw new OffrecError('usage', `'${prefix}' is no run's id.`, {
      hint: 'Give at least the first four characters of an id that offrec runs list shows.',
    });
  }
  const [found, other] = context.store.read.runs.withPrefix(prefix);
  if (found === undefined) requireRun(context, prefix);
  if (found === undefined || other !== undefined) {
    throw new OffrecError('usage', `Several runs begin with ${prefix}.`, {
      hint: 'Give more characters of the id.',
    });
  }
  return found;
}

function checkpointsOf(context: CoreContext, run: string): CheckpointRecord[] {
  return presentCheckpoints(context, run).map((checkpoint) => ({
    ...checkpoint,
    folder: checkpointFolder(context.home, run, checkpoint.name),
  }));
}

function showRun(context: CoreContext, id: string): RunDetail {
  const { read } = context.store;
  return context.store.snapshot('showRun', () => {
    const { record, note, favourite, archived, superseded } = requireRun(context, id);
    return {
      record,
      folder: runFolder(context.home, id),
      segments: read.segments.list(id),
      checkpoints: checkpointsOf(context, id),
      metrics: read.series.summaries(id),
      tags: read.runs.tags(id),
      note,
      favourite,
      archived,
      superseded,
    };
  });
}

function moveBefore(context: CoreContext, id: string, other: string | null): void {
  const { read, write } = context.store;
  context.store.atomically('moveBefore', () => {
    const { record } = requireRun(context, id);
    if (other === null) return write.runs.moveToEnd(id);
    const target = requireRun(context, other);
    if (target.record.priority !== record.priority) {
      throw new OffrecError('usage', 'The two runs have different priorities.', {
        hint: 'Change the priority instead.',
      });
    }
    const ahead = read.runs
      .queued()
      .filter((run) => run.record.priority === record.priority && run.record.id !== id)
      .filter((run) => run.position < target.position)
      .at(-1);
    const before = ahead?.position ?? target.position - 1;
    write.runs.moveTo(id, (before + target.position) / 2);
  });
}

function removeRun(context: CoreContext, id: string): void {
  const { record } = requireRun(context, id);
  if (record.status === 'running' || record.status === 'pausing') {
    throw new OffrecError('busy', `Run ${id} is ${record.status}.`, { hint: 'Stop it first.' });
  }
  context.store.write.runs.remove(id);
  rmSync(runFolder(context.home, id), { recursive: true, force: true });
}

function changeTags(
  context: CoreContext,
  id: string,
  tags: { add?: readonly string[]; remove?: readonly string[] },
): void {
  requireRun(context, id);
  const bad = (tags.add ?? []).find((tag) => tag.trim() === '' || tag.length > 80);
  if (bad !== undefined) {
    throw new OffrecError('invalid-input', 'A tag has 1 to 80 characters.', { where: bad });
  }
  context.store.write.runs.changeTags(id, tags.add ?? [], tags.remove ?? []);
}

/** Puts a resting run into the queue again, at an older checkpoint if asked. */
export function requeue(context: CoreContext, id: string, checkpoint?: string): RunRecord {
  const { record } = requireRun(context, id);
  const from: readonly RunStatus[] = ['paused', 'interrupted', 'failed', 'stopped'];
  if (record.status === 'queued' && checkpoint === undefined) return record;
  if (record.status === 'pausing' || record.status === 'running') {
    throw new OffrecError('busy', `Run ${id} is ${record.status}.`, {
      hint: 'Wait until it has paused.',
    });
  }
  if (record.status === 'done') {
    throw new OffrecError('usage', `Run ${id} is done.`, {
      hint: 'Fork it from a checkpoint to go on with other settings.',
    });
  }
  if (checkpoint !== undefined) dropAfter(context, id, checkpoint);
  context.store.write.runs.setStatus(id, from, 'queued', { error: null, ended: false });
  return requireRun(context, id).record;
}

/** The runs, for every door. */
export function createRuns(context: CoreContext, owner: QueueOwner, feed: ChangeFeed): Runs {
  const { store } = context;
  const { read } = store;
  const control = new RunControl(context, owner, feed);
  const get = (id: string): RunRecord => requireRun(context, id).record;
  return {
    ...createRunSeries(context),
    list: (filter = {}) => read.runs.list(queryOf(filter)).map(({ record }) => record),
    resolve: (prefix) => resolveId(context, prefix),
    get,
    show: (id) => showRun(context, id),
    logs(id, { after = 0, limit = 1000, tail = false } = {}) {
      requireRun(context, id);
      return tail ? read.logs.tail(id, after, limit) : read.logs.after(id, after, limit);
    },
    pause: (id) => control.end(id, 'pause'),
    stop: (id) => control.end(id, 'stop'),
    async checkpoint(id) {
      await control.checkpoint(id);
      const newest = checkpointsOf(context, id).at(-1);
      if (newest === undefined) throw new OffrecError('internal', 'The checkpoint is not there.');
      return newest;
    },
    async resume(id, { checkpoint, serve = true } = {}) {
      // A run that is called running though nobody runs it is brought into order first.
      await owner.settle();
      const record = requeue(context, id, checkpoint);
      if (serve) owner.serve();
      owner.wake();
      return record;
    },
    async fork(id, options) {
      const fork = await forkRun(context, id, options ?? {});
      owner.wake();
      return get(fork);
    },
    setPriority(id, priority) {
      requireRun(context, id);
      store.write.runs.setPriority(id, priority);
    },
    moveBefore: (id, other) => moveBefore(context, id, other),
    tag: (id, tags) => changeTags(context, id, tags),
    setNote(id, note) {
      requireRun(context, id);
      store.write.runs.setNote(id, note);
    },
    mark(id, marks) {
      requireRun(context, id);
      store.write.runs.mark(id, marks);
    },
    remove: (id) => Promise.resolve(removeRun(context, id)),
    waitFor: (ids, options) => control.waitFor(ids, options?.signal),
    pauseAll: (ids) => control.pauseAll(ids),
  };
}
