import { setTimeout as delay } from 'node:timers/promises';
import { OffrecError, toWireError } from '#contract/errors.ts';
import { deviceRequests, type RunRecord, type RunStatus } from '#contract/run.ts';
import type { Command } from '#store/commands.ts';
import { isLeaseAlive } from '#store/leases.ts';
import type { ComputeDevice } from '#engine/methods/method.ts';
import { planStarts, type Demand } from '#supervise/schedule.ts';
import { ActiveRun, type RunEnd } from './active-run.ts';
import type { Budget } from './api.ts';
import { deviceOf } from './estimate.ts';
import { queueLease, standbyPrefix, type CoreContext } from './context.ts';
import { recoverAbandoned } from './recovery.ts';

const tickMs = 250;
const renewMs = 5_000;
const troubleMs = 5_000;

/**
 * The queue of one process. Once it owns the queue (by lease) it starts runs as the budget allows, answers the
 * commands of other processes, and brings abandoned runs into order; until then it stands by.
 */
export class QueueOwner {
  readonly #context: CoreContext;
  readonly #budget: () => Budget;
  readonly #active = new Map<string, ActiveRun>();
  readonly #orphansSinceMs = new Map<string, number>();
  /** Runs whose host outlives its core. */
  #orphaned: string[] = [];
  /** Commands that are being carried out. */
  readonly #underWay = new Set<number>();
  readonly #resumedOnce = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #owns = false;
  #closing = false;
  #renewedMs = -Infinity;
  #restUntilMs = -Infinity;
  #lastTrouble = '';
  /** What others do now during which the store must not be written. */
  #rests = 0;

  constructor(context: CoreContext, budget: () => Budget) {
    this.#context = context;
    this.#budget = budget;
  }

  get owns(): boolean {
    return this.#owns;
  }

  /** Becomes the owner when nobody alive is, stands by otherwise. */
  serve(): 'self' | 'other' {
    if (this.#closing) throw new OffrecError('usage', 'The core is being closed.');
    if (this.#timer === null) {
      const { store } = this.#context;
      const name = standbyPrefix + store.holder;
      store.write.leases.claim(name, store.holder, store.process, store.process.machine);
      this.#timer = setInterval(() => this.#tick(), tickMs);
      this.#tick();
    }
    return this.#owns ? 'self' : 'other';
  }

  /** Brings abandoned runs into order when nobody owns the queue, without staying the owner. */
  tidyUp(): void {
    if (this.#timer !== null || this.#context.readOnly) return;
    const { leases } = this.#context.store.write;
    this.#orphaned = [];
    if (!this.#claim()) return;
    this.#orphaned = recoverAbandoned(this.#context, new Set(), this.#orphansSinceMs);
    leases.release(queueLease, this.#context.store.holder);
  }

  /** As `tidyUp`, and waits for hosts without a core to write their last checkpoint. */
  async settle(): Promise<void> {
    this.tidyUp();
    while (this.#orphaned.length > 0) {
      await delay(tickMs);
      this.tidyUp();
    }
  }

  /** The run's host in this process, if it has one. */
  find(run: string): ActiveRun | null {
    return this.#active.get(run) ?? null;
  }

  /** Looks for work now instead of at the next tick. */
  wake(): void {
    if (this.#timer !== null && !this.#closing) this.#tick();
  }

  /** Writes nothing by itself meanwhile: a store that somebody rewrites would hold this whole process up. */
  async restWhile<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#rests++;
    try {
      return await work();
    } finally {
      this.#rests--;
    }
  }

  /** Ends all hosts in order; their runs are paused, or queued again when another process stands by. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
    const status: RunStatus = this.#hasSuccessor() ? 'queued' : 'paused';
    await Promise.all([...this.#active.values()].map((run) => run.ask('pause', status)));
    const { holder, write } = this.#context.store;
    write.leases.release(standbyPrefix + holder, holder);
    write.leases.release(queueLease, holder);
    this.#owns = false;
  }

  #hasSuccessor(): boolean {
    const { store } = this.#context;
    return store.read.leases
      .list(standbyPrefix)
      .some(
        (lease) =>
          lease.holder !== store.holder && isLeaseAlive(lease, store.process.machine, Date.now()),
      );
  }

  #claim(): boolean {
    const { write, holder, process } = this.#context.store;
    return write.leases.claim(queueLease, holder, process, process.machine) === null;
  }

  #tick(): void {
    if (this.#rests > 0 || performance.now() < this.#restUntilMs) return;
    try {
      this.#renew();
      if (!this.#owns) return;
      const active = new Set(this.#active.keys());
      this.#orphaned = recoverAbandoned(this.#context, active, this.#orphansSinceMs);
      for (const command of this.#context.store.read.commands.pending()) this.#carryOut(command);
      this.#startRuns();
      this.#lastTrouble = '';
    } catch (error) {
      this.#trouble(error);
    }
  }

  /** A full disk or a busy store now need not be one in a while: told once, tried again. */
  #trouble(error: unknown): void {
    const { message } = toWireError(error);
    if (message !== this.#lastTrouble) {
      this.#context.notice({ level: 'error', message: `The queue rests: ${message}` });
    }
    this.#lastTrouble = message;
    this.#restUntilMs = performance.now() + troubleMs;
  }

  #renew(): void {
    const { store } = this.#context;
    const due = performance.now() - this.#renewedMs >= renewMs;
    if (this.#owns && !due) return;
    if (this.#owns && !store.write.leases.renew(queueLease, store.holder)) {
      this.#loseQueue();
      return;
    }
    if (!this.#owns) this.#owns = this.#claim();
    store.write.leases.renew(standbyPrefix + store.holder, store.holder);
    for (const run of this.#active.values()) run.renewLease();
    this.#renewedMs = performance.now();
  }

  /** Somebody on another machine took this process for dead: its runs are theirs now. */
  #loseQueue(): void {
    this.#owns = false;
    const error = new OffrecError('busy', 'Another process has taken the queue over.');
    for (const run of this.#active.values()) void run.abandon(error);
    this.#context.notice({ level: 'warning', message: error.message });
  }

  #startRuns(): void {
    const budget = this.#budget();
    const available = this.#context.devices();
    const demand = (
      { id, spec }: RunRecord,
      device = deviceOf(spec.compute, available),
    ): Demand => ({
      id,
      cores: spec.compute.threads,
      memoryBytes: budget.memoryPerRunBytes,
      onGpu: device === 'native-cuda',
    });
    const running = [...this.#active.values()].map(({ run, device }) =>
      demand(run, device ?? undefined),
    );
    const queued = this.#candidates(budget, available, running);
    const starts = planStarts(
      queued.map((record) => demand(record)),
      running,
      budget,
    );
    for (const record of queued) if (starts.includes(record.id)) this.#start(record);
  }

  /**
   * Queued runs in their order, no more than can start: a long queue is not read four times a second. While the GPU is
   * taken, the runs that wait for it are passed over.
   */
  #candidates(
    { hosts, gpuRuns }: Budget,
    available: readonly ComputeDevice[],
    running: readonly Demand[],
  ): RunRecord[] {
    const { runs } = this.#context.store.read;
    const isGpuTaken = running.filter(({ onGpu }) => onGpu).length >= gpuRuns;
    const first = isGpuTaken ? [] : runs.queued(hosts);
    // Behind those on the GPU there may be others, for which there is room all the same.
    const elsewhere = deviceRequests.filter(
      (device) => deviceOf({ device }, available) !== 'native-cuda',
    );
    const others = runs.queuedOn(elsewhere, hosts);
    const ids = new Set(first.map(({ record }) => record.id));
    return [...first, ...others.filter(({ record }) => !ids.has(record.id))]
      .map(({ record }) => record)
      .filter(({ id }) => !this.#active.has(id));
  }

  #start(record: RunRecord): void {
    const { write } = this.#context.store;
    const fields = { started: true, ended: false, error: null };
    if (!write.runs.setStatus(record.id, ['queued'], 'running', fields)) return;
    let run: ActiveRun;
    try {
      run = new ActiveRun(this.#context, record);
    } catch (error) {
      write.runs.setStatus(record.id, ['running'], 'interrupted', {
        error: toWireError(error),
        ended: true,
      });
      return;
    }
    this.#active.set(record.id, run);
    void run.end.then((end) => this.#ended(end));
  }

  #ended(end: RunEnd): void {
    this.#active.delete(end.run);
    if (end.crashed && this.#context.autoResume && !this.#resumedOnce.has(end.run)) {
      // Once: a run that crashes again has a reason that trying does not cure.
      this.#resumedOnce.add(end.run);
      this.#queueAgain(end.run);
    }
    this.wake();
  }

  /** A store that cannot be written leaves the run interrupted: whoever reads of it resumes it. */
  #queueAgain(run: string): void {
    try {
      this.#context.store.write.runs.setStatus(run, ['interrupted'], 'queued', { ended: false });
    } catch (error) {
      this.#trouble(error);
    }
  }

  #carryOut(command: Command): void {
    if (this.#underWay.has(command.id)) return;
    this.#underWay.add(command.id);
    const answer = (error: unknown): void => {
      this.#underWay.delete(command.id);
      const wire = error === null ? null : toWireError(error);
      try {
        this.#context.store.write.commands.answer(command.id, wire);
      } catch (failure) {
        this.#trouble(failure);
      }
    };
    this.#obey(command).then(() => answer(null), answer);
  }

  async #obey({ kind, run }: Command): Promise<void> {
    const active = this.#active.get(run);
    // Ended meanwhile: the sender looks at the run's status and finds what it is now.
    if (active === undefined) return;
    if (kind === 'checkpoint') await active.requestCheckpoint();
    else {
      const { runs } = this.#context.store.write;
      runs.setStatus(run, ['running'], 'pausing');
      await active.ask(kind);
    }
  }
}
