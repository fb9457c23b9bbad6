import type { CoreState } from '#contract/desktop.ts';
import type { WireError } from '#contract/errors.ts';
import { Heartbeat } from '#supervise/heartbeat.ts';
import type { FromCore, ToCore } from '../messages.ts';
import type { CoreLauncher, CoreProcessHandle, ProcessExit } from './core-process-handle.ts';

export interface SupervisorTimes {
  /** Time until the core begins to open its data folder. How long that takes is the folder's affair. */
  readonly readyMs: number;
  readonly beatMs: number;
  readonly backOffMs: readonly number[];
  /** After this long without an exit, earlier ones are forgotten. */
  readonly healthyMs: number;
  readonly stopMs: number;
  readonly terminateMs: number;
}

export const supervisorTimes: SupervisorTimes = {
  readyMs: 20_000,
  beatMs: 5_000,
  backOffMs: [500, 1_000, 2_000, 4_000, 8_000],
  healthyMs: 60_000,
  // The runs come first: each has 15 s to end by itself and 5 s more before it is killed. Then the core has its own 15 s.
  stopMs: 35_000,
  terminateMs: 5_000,
};

export interface SupervisorEvents {
  readonly start: () => ToCore;
  /** A new process is there; its lines can be opened. */
  readonly onProcess: (process: CoreProcessHandle) => void;
  readonly onMessage: (message: FromCore, process: CoreProcessHandle) => void;
  readonly onState: (state: CoreState) => void;
  /** First lines of a report: versions and the like. */
  readonly describe: () => string;
}

const keptCharacters = 20_000;

/** Keeps a core running: starts it, watches its beats, starts it again when it ends, and gives up when that is no use. */
export class CoreSupervisor {
  readonly #launch: CoreLauncher;
  readonly #events: SupervisorEvents;
  readonly #times: SupervisorTimes;
  #process: CoreProcessHandle | null = null;
  #state: CoreState = { kind: 'starting' };
  #heartbeat: Heartbeat | null = null;
  #timer: NodeJS.Timeout | null = null;
  #restarts = 0;
  #exits: string[] = [];
  #output = '';
  #stopped: PromiseWithResolvers<void> | null = null;

  constructor(launch: CoreLauncher, events: SupervisorEvents, times = supervisorTimes) {
    this.#launch = launch;
    this.#events = events;
    this.#times = times;
  }

  get state(): CoreState {
    return this.#state;
  }

  /** The process that can be spoken to, null while there is none. */
  get process(): CoreProcessHandle | null {
    return this.#process;
  }

  start(): void {
    this.#tell({ kind: 'starting' });
    this.#begin();
  }

  /** Begins anew after it has failed for good. */
  restart(): void {
    if (this.#state.kind !== 'failed') return;
    this.#restarts = 0;
    this.start();
  }

  /** Asks the core to end, then ends it. Resolves when it is gone. */
  stop(): Promise<void> {
    if (this.#stopped !== null) return this.#stopped.promise;
    this.#stopped = Promise.withResolvers<void>();
    this.#clear();
    this.#tell({ kind: 'stopping' });
    const process = this.#process;
    if (process === null) this.#stopped.resolve();
    else {
      process.send({ type: 'stop' });
      this.#timer = setTimeout(() => {
        process.kill('SIGTERM');
        this.#timer = setTimeout(() => process.kill('SIGKILL'), this.#times.terminateMs);
      }, this.#times.stopMs);
    }
    return this.#stopped.promise;
  }

  #begin(): void {
    let process: CoreProcessHandle;
    try {
      process = this.#launch();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return this.#fail({ code: 'host-gone', message: `Offrec’s core cannot start: ${reason}` });
    }
    this.#process = process;
    process.onMessage((message) => this.#receive(process, message));
    process.onOutput((text) => {
      this.#output = (this.#output + text).slice(-keptCharacters);
    });
    process.onExit((exit) => this.#ended(process, exit));
    this.#events.onProcess(process);
    process.send(this.#events.start());
    this.#timer = setTimeout(() => this.#tooLate(process), this.#times.readyMs);
  }

  #tooLate(process: CoreProcessHandle): void {
    const seconds = this.#times.readyMs / 1000;
    this.#forget();
    process.kill('SIGKILL');
    this.#fail({
      code: 'host-gone',
      message: `Offrec’s core did not begin within ${String(seconds)} seconds.`,
      hint: 'Start it again. If the data folder lies on a slow or distant disk, move it to a local one.',
    });
  }

  #receive(process: CoreProcessHandle, message: FromCore): void {
    if (process !== this.#process) return;
    // A core that ends still has its hosts ended by main.
    if (this.#stopped !== null) return this.#events.onMessage(message, process);
    if (message.type === 'opening') this.#watch();
    else if (message.type === 'ready') this.#ready();
    else if (message.type === 'refused') {
      this.#forget();
      process.kill('SIGTERM');
      this.#fail(message.error);
      return;
    } else this.#heartbeat?.beat();
    this.#events.onMessage(message, process);
  }

  #ready(): void {
    this.#watch();
    this.#timer = setTimeout(() => {
      this.#restarts = 0;
      this.#exits = [];
    }, this.#times.healthyMs);
    this.#timer.unref();
    this.#tell({ kind: 'running' });
  }

  /** From here on silence is told and never ends the process. */
  #watch(): void {
    this.#clear();
    this.#heartbeat = new Heartbeat({
      intervalMs: this.#times.beatMs,
      firstMs: this.#times.readyMs,
      onSilent: (silentMs) => this.#tell({ kind: 'silent', silentMs }),
      onBack: () => this.#tell({ kind: 'running' }),
    });
  }

  #ended(process: CoreProcessHandle, exit: ProcessExit): void {
    if (process !== this.#process) return;
    this.#forget();
    if (this.#stopped !== null) return this.#stopped.resolve();
    const how = exit.failure ?? exit.signal ?? `status ${String(exit.code)}`;
    this.#exits.push(`${new Date().toISOString()} ended with ${how}`);
    const inMs = this.#times.backOffMs[this.#restarts];
    if (inMs === undefined) {
      const times = String(this.#restarts + 1);
      return this.#fail({
        code: 'host-gone',
        message: `Offrec’s core ended ${times} times in a row, the last time with ${how}.`,
        hint: 'Your data is kept. Copy the diagnostics for a report, then start it again.',
      });
    }
    this.#restarts += 1;
    this.#tell({ kind: 'restarting', attempt: this.#restarts, inMs });
    this.#timer = setTimeout(() => this.#begin(), inMs);
  }

  #forget(): void {
    this.#process = null;
    this.#clear();
  }

  #clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#heartbeat?.stop();
    this.#heartbeat = null;
  }

  #fail(error: WireError): void {
    const diagnostics = [
      this.#events.describe(),
      `${error.code}: ${error.message}`,
      ...this.#exits,
      '',
      this.#output.trim(),
    ].join('\n');
    this.#tell({ kind: 'failed', error, diagnostics });
  }

  #tell(state: CoreState): void {
    this.#state = state;
    this.#events.onState(state);
  }
}
