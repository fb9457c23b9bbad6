import type { RouterClient } from '#contract/router.ts';
import type { RunRecord } from '#contract/run.ts';
import { contractVersion } from '#contract/version.ts';
import { fromWireError } from '#contract/errors.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { openDisplay } from '../progress/display.ts';
import type { ProgressDisplay } from '../progress/progress.ts';
import { readRunsById } from '../run-rows.ts';
import type { Terminal } from '../terminal.ts';
import { count } from '../text.ts';

const progressEventEveryMs = 500;

/** How a batch of runs ended. */
export interface WatchedRuns {
  readonly runs: readonly RunRecord[];
  readonly interrupted: boolean;
}

/**
 * Serves the queue until none of the runs is left in it, and shows how far they are. The first interrupt pauses
 * them with a checkpoint.
 */
export async function watchRuns(
  terminal: Terminal,
  client: RouterClient,
  ids: readonly string[],
): Promise<WatchedRuns> {
  const display = await openDisplay(terminal);
  const watcher = new RunWatcher(terminal, display);
  const left = new AbortController();
  const pausing = Promise.withResolvers<void>();
  using interrupts = listenForInterrupts(terminal, () => {
    display.note('Pausing and writing checkpoints. Press Ctrl-C again to stop at once.');
    pauseAll(client, ids).then(pausing.resolve, pausing.reject);
  });
  try {
    const { cursor } = await client.system.hello({ contract: contractVersion });
    for (const run of await readRunsById(client, ids)) watcher.look(run);
    await serveQueue(client, display);
    // Whoever interrupts still sees each run end: watching goes on until all have paused.
    await Promise.race([follow(client, cursor, ids, watcher, left.signal), pausing.promise]);
    const runs = await readRunsById(client, ids);
    for (const run of runs) watcher.look(run);
    return { runs, interrupted: interrupts.signal.aborted };
  } finally {
    left.abort();
    display.close();
  }
}

async function serveQueue(client: RouterClient, display: ProgressDisplay): Promise<void> {
  if ((await client.queue.serve()).servedBy === 'self') return;
  const { owner } = await client.queue.show({ limit: 0 });
  const who = owner === null ? 'another process' : `process ${owner.pid} on ${owner.machine}`;
  display.note(`The queue is served by ${who}; waiting for it.`);
}

const moving: readonly RunRecord['status'][] = ['queued', 'running', 'pausing'];

/** Shows what changes until none of the runs is queued, running or pausing, or until the signal. */
async function follow(
  client: RouterClient,
  cursor: number,
  ids: readonly string[],
  watcher: RunWatcher,
  signal: AbortSignal,
): Promise<void> {
  const open = new Set(ids);
  const look = async (among: readonly string[]): Promise<void> => {
    const runs = await readRunsById(client, among);
    for (const run of runs) watcher.look(run);
    const stillMoving = new Set(runs.filter(({ status }) => moving.includes(status)).map(idOf));
    for (const id of among) if (!stillMoving.has(id)) open.delete(id);
  };
  await look(ids);
  if (open.size === 0) return;
  for await (const change of await client.changes.watch({ cursor }, { signal })) {
    // A run may have been removed with its experiment.
    const isRemoval = change.topics.includes('experiments');
    const changed = isRemoval ? [...open] : change.runs.filter((id) => open.has(id));
    if (changed.length > 0) await look(changed);
    if (open.size === 0) return;
  }
}

const idOf = ({ id }: RunRecord): string => id;

/** Pauses what is queued or running; that others have ended meanwhile is no failure. */
async function pauseAll(client: RouterClient, ids: readonly string[]): Promise<void> {
  const { failed } = await client.runs.pause({ ids: [...ids] });
  const failure = failed.find(({ error }) => error.code !== 'usage');
  if (failure !== undefined) throw fromWireError(failure.error);
}

/** Turns changes of runs into progress and events: a status is told once, progress at most twice a second. */
class RunWatcher {
  readonly #terminal: Terminal;
  readonly #display: ProgressDisplay;
  readonly #statuses = new Map<string, string>();
  readonly #toldMs = new Map<string, number>();

  constructor(terminal: Terminal, display: ProgressDisplay) {
    this.#terminal = terminal;
    this.#display = display;
  }

  look(run: RunRecord): void {
    if (run.status !== this.#statuses.get(run.id)) this.#tellStatus(run);
    if (run.status === 'running' && run.progress !== null) this.#tellProgress(run, run.progress);
  }

  #tellStatus(run: RunRecord): void {
    const before = this.#statuses.get(run.id);
    this.#statuses.set(run.id, run.status);
    if (this.#terminal.json) {
      const { id, status, label } = run;
      const { dataset, method, seed } = run.spec;
      this.#terminal.data({ event: 'status', run: id, status, dataset, method, label, seed });
    }
    const ended = !['queued', 'running', 'pausing'].includes(run.status);
    // A run that had ended before this command began is no news.
    if (ended && before !== undefined) this.#display.end(run.id, endLine(this.#terminal, run));
  }

  #tellProgress(run: RunRecord, progress: NonNullable<RunRecord['progress']>): void {
    const now = performance.now();
    if (now - (this.#toldMs.get(run.id) ?? -Infinity) >= progressEventEveryMs) {
      this.#toldMs.set(run.id, now);
      if (this.#terminal.json) this.#terminal.data({ event: 'progress', run: run.id, ...progress });
    }
    // A phase that found its result in the cache has nothing to do.
    if (progress.total === 0) return;
    this.#display.update(run.id, {
      title: titleOf(run),
      stage: `${progress.name} (${progress.phase + 1}/${progress.phases})`,
      done: progress.done,
      total: progress.total,
      unit: progress.unit,
      ratePerS: progress.ratePerS,
      remainingS: progress.remainingS,
    });
  }
}

const titleOf = (run: RunRecord): string =>
  `${run.spec.dataset} ${run.label}, seed ${run.spec.seed}`;

function endLine(terminal: Terminal, run: RunRecord): string {
  const style = run.status === 'done' ? 'green' : run.status === 'failed' ? 'red' : 'yellow';
  const error = run.error === null ? '' : `: ${run.error.message}`;
  return `${terminal.styled(style, run.status.padEnd(7))} ${titleOf(run)} (${run.id})${error}`;
}

/** What other programs read of a run. Stable: fields may be added. */
export function runSummary(run: RunRecord) {
  const { dataset, method, seed } = run.spec;
  const { id, label, status, weightsHash, error } = run;
  return { id, method, seed, status, weightsHash, label, dataset, error };
}

/** 10 when a run failed, 9 when a host vanished, 130 when one was paused or stopped before its end, else 0. */
export function exitStatusOf(runs: readonly RunRecord[]): number {
  const has = (...statuses: RunRecord['status'][]): boolean =>
    runs.some((run) => statuses.includes(run.status));
  if (has('failed')) return 10;
  if (has('interrupted')) return 9;
  return has('paused', 'stopped', 'queued', 'pausing', 'running') ? 130 : 0;
}

const shownCheckpoints = 8;

/** Where the newest checkpoint of each run lies, for reading. */
export async function checkpointLines(
  client: RouterClient,
  runs: readonly RunRecord[],
): Promise<string[]> {
  const shown = runs.slice(0, shownCheckpoints).map(async (run) => {
    const newest = (await client.checkpoints.list({ run: run.id })).at(-1);
    return newest === undefined ? [] : [`Checkpoint of ${titleOf(run)}: ${newest.folder}`];
  });
  const lines = (await Promise.all(shown)).flat();
  const more = runs.length - shownCheckpoints;
  return more > 0 ? [...lines, `and ${more} more: offrec runs show RUN names them.`] : lines;
}

/** `4 runs: 3 done, 1 failed`. */
export function statusCounts(runs: readonly RunRecord[]): string {
  const counts = new Map<string, number>();
  for (const { status } of runs) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].map(([status, amount]) => `${amount} ${status}`);
  return `${count(runs.length, 'run')}: ${parts.join(', ')}`;
}
