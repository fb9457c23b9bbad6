import { rm } from 'node:fs/promises';
import { OffrecError, toWireError } from '#contract/errors.ts';
import type { RunStatus } from '#contract/run.ts';
import { translateFileError } from '#engine/data/files.ts';
import type { StoredCheckpoint } from '#store/checkpoints.ts';
import { isLeaseAlive } from '#store/leases.ts';
import type {
  CheckpointKey,
  JobOptions,
  KeptCheckpoints,
  PrunableCheckpoints,
  RemovedCheckpoints,
  RunSelection,
} from './api.ts';
import { findCheckpoints, metricAt } from './checkpoint-pages.ts';
import { checkpointFolder, runLeasePrefix, type CoreContext } from './context.ts';
import { requireRun } from './run-lookup.ts';

/** A host writes into these runs' folders, or is about to. */
const underWay: readonly RunStatus[] = ['queued', 'running', 'pausing'];
/** These go on from their newest checkpoint. */
const resting: readonly RunStatus[] = ['paused', 'interrupted'];

function isUnderWay(context: CoreContext, run: string, status: RunStatus): boolean {
  if (underWay.includes(status)) return true;
  const { read, process } = context.store;
  const lease = read.leases.get(runLeasePrefix + run);
  return lease !== null && isLeaseAlive(lease, process.machine, Date.now());
}

/** What would go if only the newest, and the best by a metric, of each run were to stay. */
export function prunableCheckpoints(
  context: CoreContext,
  of: RunSelection,
  keep: KeptCheckpoints,
): PrunableCheckpoints {
  return context.store.snapshot('checkpoints.prunable', () => {
    const byRun = Map.groupBy(findCheckpoints(context, of), ({ run }) => run);
    const checkpoints: (CheckpointKey & { bytes: number })[] = [];
    let passedOver = 0;
    for (const [run, found] of byRun) {
      if (isUnderWay(context, run.id, run.status)) {
        passedOver++;
        continue;
      }
      const all = found.map(({ checkpoint }) => checkpoint);
      const best = bestBy(context, all, keep.best);
      const old = all.slice(0, Math.max(0, all.length - keep.newest));
      for (const each of old) {
        if (each !== best) checkpoints.push({ run: run.id, name: each.name, bytes: each.bytes });
      }
    }
    const bytes = checkpoints.reduce((sum, each) => sum + each.bytes, 0);
    return { checkpoints, bytes, passedOver };
  });
}

/** Of equals the newest. */
function bestBy(
  context: CoreContext,
  checkpoints: readonly StoredCheckpoint[],
  metric: string | null,
): StoredCheckpoint | null {
  if (metric === null) return null;
  const summary = context.store.read.series.summary(checkpoints[0]?.run ?? '', metric);
  if (summary === null) return null;
  // A series' best is its largest or its smallest value, by the metric's direction.
  const sign = summary.best === summary.min && summary.min !== summary.max ? -1 : 1;
  let best: { checkpoint: StoredCheckpoint; value: number } | null = null;
  for (const checkpoint of checkpoints) {
    const value = metricAt(context, checkpoint, metric);
    if (value === null || (best !== null && sign * value < sign * best.value)) continue;
    best = { checkpoint, value };
  }
  return best?.checkpoint ?? null;
}

/** One after the other, with time for others in between: thousands take many seconds. */
export async function removeCheckpoints(
  context: CoreContext,
  of: readonly CheckpointKey[],
  { onProgress, signal }: JobOptions = {},
): Promise<RemovedCheckpoints> {
  const failed: RemovedCheckpoints['failed'][number][] = [];
  let removed = 0;
  let bytes = 0;
  for (const [done, key] of of.entries()) {
    if (signal?.aborted === true) break;
    onProgress?.({ stage: 'deleting', done, total: of.length, unit: 'checkpoints' });
    try {
      bytes += await removeOne(context, key);
      removed++;
    } catch (error) {
      failed.push({ ...key, error: toWireError(error) });
    }
  }
  return { removed, bytes, failed };
}

/** Forgotten first, then removed from the disk: what is known is always there. Returns its size in bytes. */
async function removeOne(context: CoreContext, { run, name }: CheckpointKey): Promise<number> {
  const { status } = requireRun(context, run).record;
  const known = context.store.read.checkpoints.list(run);
  const found = known.find((checkpoint) => checkpoint.name === name);
  if (found === undefined) {
    throw new OffrecError('not-found', `Run ${run} has no checkpoint ${name}.`, { where: run });
  }
  if (isUnderWay(context, run, status)) {
    throw new OffrecError('busy', `Run ${run} is ${status}.`, {
      where: run,
      hint: 'Wait until it has ended, or stop it.',
    });
  }
  if (resting.includes(status) && known.at(-1) === found) {
    throw new OffrecError('busy', `Run ${run} is ${status} and goes on from this checkpoint.`, {
      where: run,
      hint: 'Stop or delete the run first.',
    });
  }
  context.store.write.checkpoints.remove(run, name);
  const folder = checkpointFolder(context.home, run, name);
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    throw translateFileError(error, folder);
  }
  return found.bytes;
}
