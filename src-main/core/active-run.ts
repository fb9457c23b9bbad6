import { mkdirSync } from 'node:fs';
import { OffrecError, toWireError, type ErrorCode, type WireError } from '#contract/errors.ts';
import { fromHostSchema, type FromHost, type ToHost } from '#contract/host.ts';
import type { RunRecord, RunStatus } from '#contract/run.ts';
import type { ComputeDevice } from '#engine/methods/method.ts';
import { identifyProcess } from '#store/process-identity.ts';
import type { StoredCheckpoint } from '#store/checkpoints.ts';
import { SupervisedHost, type HostExit } from '#supervise/supervised-host.ts';
import {
  checkpointFolder,
  hostEnvironment,
  runFolder,
  runLeasePrefix,
  type CoreContext,
} from './context.ts';
import { datasetFolder } from '#engine/data/catalogue.ts';
import { removeOrphanNote } from './orphan-notes.ts';
import { forgetRemoved, presentCheckpoints } from './run-checkpoints.ts';

/** Errors of the machine, not of the method: the run continues from its checkpoint when they are gone. */
const passing: ReadonlySet<ErrorCode> = new Set([
  'disk-full',
  'read-only',
  'busy',
  'out-of-memory',
  'device-unavailable',
  'native-missing',
  'host-gone',
]);

function unkept(error: unknown): OffrecError {
  if (error instanceof OffrecError) return error;
  return new OffrecError('internal', 'A message of the run could not be kept.', { cause: error });
}

type Ended = Extract<FromHost, { type: 'ended' }>;

export interface RunEnd {
  readonly run: string;
  readonly status: RunStatus;
  readonly crashed: boolean;
}

/** One run with its host, from the start message to the record of its end. */
export class ActiveRun {
  readonly run: RunRecord;
  /** Resolves when the host is gone and the store knows how the run ended. Never rejects. */
  readonly end: Promise<RunEnd>;
  readonly #context: CoreContext;
  readonly #host: SupervisedHost<FromHost>;
  readonly #segment: number;
  #device: ComputeDevice | null = null;
  #asked: 'pause' | 'stop' | null = null;
  #pausedStatus: RunStatus = 'paused';
  #ended: Ended | null = null;
  #error: WireError | null = null;
  #checkpointWaiters: { resolve: (name: string) => void; reject: (error: Error) => void }[] = [];

  /** Starts the host. The run's status must have been set to `running` by the caller. */
  constructor(context: CoreContext, run: RunRecord) {
    this.#context = context;
    this.run = run;
    const from = presentCheckpoints(context, run.id).at(-1) ?? null;
    const folder = runFolder(context.home, run.id);
    mkdirSync(folder, { recursive: true });
    removeOrphanNote(context, run.id);
    this.#segment = context.store.write.segments.begin(
      run.id,
      from?.name ?? null,
      from?.metricCount ?? 0,
    );
    this.#host = new SupervisedHost<FromHost>({
      launcher: context.launcher,
      entry: context.hostEntries.train,
      name: `offrec-train-${run.id}`,
      environment: hostEnvironment(context.home),
      onStart: (pid) => this.#claimFolder(pid),
      parse: (message) => fromHostSchema.parse(message),
      onMessage: (message) => this.#receive(message),
      onHealth: (responsive, silentMs) => {
        context.health({ run: run.id, responsive, silentMs });
      },
    });
    this.end = this.#host.exit.then((exit) => this.#finish(exit));
    this.#host.send(this.#startMessage(from));
  }

  /** What the host computes on; null until it has said so. */
  get device(): ComputeDevice | null {
    return this.#device;
  }

  get pid(): number | null {
    return this.#host.pid;
  }

  /** Asks the run to end at its next step, with a checkpoint. */
  ask(request: 'pause' | 'stop', pausedStatus: RunStatus = 'paused'): Promise<RunEnd> {
    // A stop stays a stop, whatever is asked afterwards.
    if (this.#asked !== 'stop') this.#asked = request;
    this.#pausedStatus = pausedStatus;
    void this.#host.stop({ type: this.#asked } satisfies ToHost);
    return this.end;
  }

  /** Asks for a checkpoint; resolves with its name when it is in the store. */
  requestCheckpoint(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#checkpointWaiters.push({ resolve, reject });
      this.#host.send({ type: 'checkpoint' } satisfies ToHost);
    });
  }

  /** Ends the host at once: the store cannot be written, or belongs to somebody else by now. */
  abandon(error: OffrecError): Promise<RunEnd> {
    this.#error ??= toWireError(error);
    void this.#host.kill();
    return this.end;
  }

  renewLease(): void {
    this.#context.store.write.leases.renew(this.#leaseName(), this.#context.store.holder);
  }

  #leaseName(): string {
    return runLeasePrefix + this.run.id;
  }

  /** The lease carries the host's process, so that a later owner can tell whether it still writes. */
  #claimFolder(pid: number): void {
    const { store } = this.#context;
    try {
      const host = identifyProcess(pid);
      store.write.leases.claim(this.#leaseName(), store.holder, host, store.process.machine);
    } catch (error) {
      // A process that is there at once is there before `#host` is.
      queueMicrotask(() => void this.abandon(unkept(error)));
    }
  }

  #startMessage(from: StoredCheckpoint | null): ToHost {
    const { home, checkpointEveryS } = this.#context;
    const { id, spec } = this.run;
    return {
      type: 'start',
      runId: id,
      segment: this.#segment,
      spec,
      datasetFolder: datasetFolder(home.datasets, spec.dataset),
      runFolder: runFolder(home, id),
      cacheFolder: home.cache,
      resumeFrom: from === null ? null : checkpointFolder(home, id, from.name),
      metricCount: from?.metricCount ?? 0,
      checkpointEveryS,
    };
  }

  #receive(message: FromHost): void {
    try {
      this.#handle(message);
    } catch (error) {
      void this.abandon(unkept(error));
    }
  }

  #handle(message: FromHost): void {
    const { write } = this.#context.store;
    const { id } = this.run;
    switch (message.type) {
      case 'ready':
        this.#device = message.device.device;
        return write.runs.setDevice(id, message.device);
      case 'metrics': {
        const count = write.series.append(id, this.#segment, message.batch);
        return this.#host.send({ type: 'acknowledge', count } satisfies ToHost);
      }
      case 'progress':
        return write.runs.setProgress(id, message.progress);
      case 'checkpoint': {
        const { name } = message.checkpoint;
        write.checkpoints.put(id, this.#segment, message.checkpoint);
        this.#host.send({ type: 'checkpoint-kept', name } satisfies ToHost);
        forgetRemoved(this.#context, id);
        for (const waiter of this.#checkpointWaiters.splice(0)) waiter.resolve(name);
        return;
      }
      case 'log':
        return write.logs.add(id, this.#segment, message.level, message.message);
      case 'ended':
        this.#ended = message;
        return;
      case 'failed':
        this.#error ??= message.error;
        return;
      case 'beat':
    }
  }

  #finish(exit: HostExit): RunEnd {
    const verdict = this.#judge(exit);
    try {
      this.#record(verdict, exit);
    } catch (error) {
      // The run keeps a status that nothing stands behind; recovery finds it by its lease later.
      const reason = error instanceof Error ? error.message : String(error);
      this.#context.notice({
        level: 'error',
        message: `The end of run ${this.run.id} could not be recorded: ${reason}`,
      });
    }
    for (const waiter of this.#checkpointWaiters.splice(0)) {
      waiter.reject(
        new OffrecError('host-gone', `Run ${this.run.id} ended before its checkpoint.`),
      );
    }
    return { run: this.run.id, status: verdict.status, crashed: verdict.crashed };
  }

  #judge(exit: HostExit): { status: RunStatus; error: WireError | null; crashed: boolean } {
    if (this.#ended !== null && this.#error === null) {
      const { outcome } = this.#ended;
      const status = outcome === 'paused' ? this.#pausedStatus : outcome;
      return { status, error: null, crashed: false };
    }
    if (this.#error !== null) {
      const status = passing.has(this.#error.code) ? 'interrupted' : 'failed';
      return { status, error: this.#error, crashed: false };
    }
    const code: ErrorCode = exit.reason === 'oom' ? 'out-of-memory' : 'host-gone';
    const error: WireError = {
      code,
      message: `The process of the run ${exit.description}.`,
      where: `run ${this.run.id}`,
      hint: `offrec runs resume ${this.run.id} continues it from its newest checkpoint.`,
    };
    const status = this.#asked === 'stop' ? 'stopped' : 'interrupted';
    return { status, error, crashed: exit.reason !== 'stopped' };
  }

  #record(verdict: { status: RunStatus; error: WireError | null }, exit: HostExit): void {
    const { store } = this.#context;
    const { id } = this.run;
    const { status, error } = verdict;
    const outcome = status === 'queued' || status === 'paused' ? 'paused' : status;
    store.atomically('runEnd', () => {
      if (this.#ended === null && exit.outputTail.length > 0) {
        store.write.logs.add(id, this.#segment, 'error', exit.outputTail.join('\n'));
      }
      if (outcome === 'running' || outcome === 'pausing') return;
      const reason = error?.message ?? null;
      // A segment that is closed already was taken over: the run's status is no longer ours to set.
      if (store.write.segments.end(id, this.#segment, outcome, reason)) {
        const ended = status !== 'queued';
        store.write.runs.setStatus(id, ['running', 'pausing'], status, { error, ended });
      }
      store.write.leases.release(this.#leaseName(), store.holder);
    });
    forgetRemoved(this.#context, id);
  }
}
