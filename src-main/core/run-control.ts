import { setTimeout as delay } from 'node:timers/promises';
import { OffrecError } from '#contract/errors.ts';
import type { RunRecord, RunStatus } from '#contract/run.ts';
import type { CommandKind } from '#store/commands.ts';
import { isLeaseAlive } from '#store/leases.ts';
import type { ChangeFeed } from './change-feed.ts';
import { queueLease, type CoreContext } from './context.ts';
import type { QueueOwner } from './queue-owner.ts';
import { requireRun } from './run-lookup.ts';

const answerPollMs = 100;
const moving: readonly RunStatus[] = ['queued', 'running', 'pausing'];

/** Whether some living process owns the queue. */
export function queueIsOwned(context: CoreContext): boolean {
  const lease = context.store.read.leases.get(queueLease);
  return lease !== null && isLeaseAlive(lease, context.store.process.machine, Date.now());
}

/** Pausing, stopping and waiting, wherever the run's host is. */
export class RunControl {
  readonly #context: CoreContext;
  readonly #owner: QueueOwner;
  readonly #feed: ChangeFeed;

  constructor(context: CoreContext, owner: QueueOwner, feed: ChangeFeed) {
    this.#context = context;
    this.#owner = owner;
    this.#feed = feed;
  }

  /** Pauses or stops a run; resolves when its host has ended. */
  async end(id: string, kind: 'pause' | 'stop'): Promise<RunRecord> {
    const { runs } = this.#context.store.write;
    const target = kind === 'pause' ? 'paused' : 'stopped';
    await this.#owner.settle();
    const atRest: RunStatus[] = kind === 'pause' ? ['queued'] : ['queued', 'paused', 'interrupted'];
    // One step, so that the owner cannot start the run between a look and the change.
    if (runs.setStatus(id, atRest, target, { ended: true })) return this.#get(id);
    const { status } = this.#get(id);
    if (status === target || (kind === 'pause' && status === 'interrupted')) return this.#get(id);
    if (!moving.includes(status)) {
      throw new OffrecError('usage', `Run ${id} has ended: it is ${status}.`, { where: id });
    }
    const active = this.#owner.find(id);
    if (active === null) await this.#command(kind, id);
    else {
      runs.setStatus(id, ['running'], 'pausing');
      await active.ask(kind);
    }
    return this.#get(id);
  }

  /** Asks for a checkpoint and waits until the store has it. */
  async checkpoint(id: string): Promise<void> {
    const { status } = this.#get(id);
    if (status !== 'running') {
      throw new OffrecError('usage', `Run ${id} is ${status}, not running.`, { where: id });
    }
    const active = this.#owner.find(id);
    if (active === null) await this.#command('checkpoint', id);
    else await active.requestCheckpoint();
  }

  /** Queued ones at once, then all running ones together. */
  async pauseAll(ids: readonly string[]): Promise<RunRecord[]> {
    const { store } = this.#context;
    store.atomically('pauseQueued', () => {
      for (const id of ids) store.write.runs.setStatus(id, ['queued'], 'paused', { ended: true });
    });
    const running = ids.filter((id) => moving.includes(this.#get(id).status));
    await Promise.all(running.map((id) => this.end(id, 'pause')));
    return ids.map((id) => this.#get(id));
  }

  waitFor(ids: readonly string[], signal?: AbortSignal): Promise<RunRecord[]> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        stopListening();
        signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        finish();
        reject(new OffrecError('cancelled', 'Nobody waits for the runs any more.'));
      };
      const look = (among: Iterable<string>): void => {
        for (const id of among) {
          if (!this.#isMoving(id)) open.delete(id);
        }
        if (open.size > 0) return;
        finish();
        resolve(ids.map((id) => this.#get(id)));
      };
      // Listening begins before the first look, so that no change falls between them.
      const stopListening = this.#feed.listen((change) => {
        look(
          change.topics.includes('experiments') ? open : change.runs.filter((id) => open.has(id)),
        );
      });
      const open = new Set(ids);
      signal?.addEventListener('abort', abort);
      if (signal?.aborted === true) abort();
      else look(open);
    });
  }

  #isMoving(id: string): boolean {
    return moving.includes(this.#get(id).status);
  }

  #get(id: string): RunRecord {
    return requireRun(this.#context, id).record;
  }

  /** Leaves a command for the owner of the queue and waits for its answer. */
  async #command(kind: CommandKind, run: string): Promise<void> {
    const { read, write } = this.#context.store;
    const id = write.commands.add(kind, run);
    for (;;) {
      const answer = read.commands.answer(id);
      if (answer.done) {
        if (answer.error === null) return;
        const { code, message, where, hint } = answer.error;
        const place = where === undefined ? {} : { where };
        throw new OffrecError(code, message, hint === undefined ? place : { ...place, hint });
      }
      if (!queueIsOwned(this.#context)) {
        write.commands.answer(id, null);
        this.#owner.tidyUp();
        throw new OffrecError('host-gone', `The process that led run ${run} has ended.`, {
          where: run,
          hint: `offrec runs show ${run} says how far it came.`,
        });
      }
      await delay(answerPollMs);
    }
  }
}
