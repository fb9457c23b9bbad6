import type { WireError } from '#contract/errors.ts';
import type { RunStatus } from '#contract/run.ts';
import { isLeaseAlive, type Lease } from '#store/leases.ts';
import { runLeasePrefix, type CoreContext } from './context.ts';
import { readOrphanNote, removeOrphanNote, takeUpNote } from './orphan-notes.ts';
import { forgetRemoved } from './run-checkpoints.ts';

/** Time that a host without its core has to write its checkpoint before it is ended. */
const orphanPatienceMs = 30_000;

const left: readonly RunStatus[] = ['running', 'pausing'];

/**
 * Brings runs into order whose core has ended without a word. Call it only as the owner of the queue. Returns
 * the ids of runs whose host is still writing: call again later.
 */
export function recoverAbandoned(
  context: CoreContext,
  active: ReadonlySet<string>,
  orphansSinceMs: Map<string, number>,
): string[] {
  const waiting: string[] = [];
  for (const run of context.store.read.runs.underWay()) {
    if (active.has(run)) continue;
    const lease = context.store.read.leases.get(runLeasePrefix + run);
    if (lease !== null && isHostAlive(context, lease)) {
      waiting.push(run);
      endWhenTooLong(context, run, lease, orphansSinceMs);
    } else {
      orphansSinceMs.delete(run);
      recoverRun(context, run);
    }
  }
  return waiting;
}

function isHostAlive(context: CoreContext, lease: Lease): boolean {
  return isLeaseAlive(lease, context.store.process.machine, Date.now());
}

function endWhenTooLong(
  { store }: CoreContext,
  run: string,
  lease: Lease,
  sinceMs: Map<string, number>,
): void {
  // The number of a process on another machine is somebody else's here; its lease runs out by itself.
  if (lease.process.machine !== store.process.machine) return;
  // Not by the clock, which may be set: a host that writes its last checkpoint would be killed in the midst of it.
  const since = sinceMs.get(run) ?? performance.now();
  sinceMs.set(run, since);
  if (performance.now() - since < orphanPatienceMs) return;
  try {
    process.kill(lease.process.pid, 'SIGKILL');
  } catch {
    // It has ended in this very moment.
  }
}

/** Takes up what the host left, closes the segment and gives the run a status that is true. */
function recoverRun(context: CoreContext, run: string): void {
  const { read, write } = context.store;
  const note = readOrphanNote(context, run);
  const open = read.segments.list(run).find((segment) => segment.endedAt === null);
  const usable =
    note !== null && note.segment === open?.number && takeUpNote(context, run, open.number, note);
  const done = usable && note.outcome === 'done';
  const reason = 'The process that led the run ended without closing it.';
  const error: WireError | null = done
    ? null
    : ((usable ? note.error : null) ?? {
        code: 'host-gone',
        message: reason,
        where: `run ${run}`,
        hint: `offrec runs resume ${run} continues it from its newest checkpoint.`,
      });
  context.store.atomically('recoverRun', () => {
    const outcome = done ? 'done' : 'interrupted';
    if (open !== undefined) write.segments.end(run, open.number, outcome, done ? null : reason);
    write.runs.setStatus(run, left, outcome, { error, ended: true });
    write.leases.drop(runLeasePrefix + run);
  });
  forgetRemoved(context, run);
  removeOrphanNote(context, run);
}
