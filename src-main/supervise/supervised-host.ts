import { countMemoryKills, describeExit, exitReason, type ExitReason } from './exit-reason.ts';
import { Heartbeat } from './heartbeat.ts';
import type { HostLauncher, HostProcess, RawExit } from './host-launcher.ts';

export interface HostExit {
  readonly reason: ExitReason;
  /** For people, such as `crashed (SIGSEGV)`. */
  readonly description: string;
  /** Last lines that the process wrote. */
  readonly outputTail: readonly string[];
}

export interface StopPatience {
  /** Time to end by itself after it was asked. */
  readonly cooperativeMs: number;
  /** Time between SIGTERM and SIGKILL. */
  readonly terminateMs: number;
}

export interface SupervisedHostOptions<Message> {
  readonly launcher: HostLauncher;
  readonly entry: string;
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Checks a message; throwing ends the host as misbehaved. */
  readonly parse: (message: unknown) => Message;
  readonly onMessage: (message: Message) => void;
  /** The process runs; called before anything can come from it or reach it. */
  readonly onStart?: (pid: number) => void;
  readonly onHealth?: (responsive: boolean, silentMs: number) => void;
  readonly patience?: StopPatience;
  readonly heartbeat?: { readonly intervalMs: number; readonly firstMs: number };
}

const defaultPatience: StopPatience = { cooperativeMs: 15_000, terminateMs: 5_000 };
const defaultHeartbeat = { intervalMs: 5_000, firstMs: 20_000 };
const keptLines = 50;
const longestLine = 2_000;

/** Owns one child process from its start to its end. */
export class SupervisedHost<Message> {
  /** Resolves when the process is gone and its last message has been handled. */
  readonly exit: Promise<HostExit>;
  readonly #options: SupervisedHostOptions<Message>;
  readonly #process: HostProcess;
  readonly #heartbeat: Heartbeat;
  readonly #memoryKillsBefore = countMemoryKills();
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;
  #stoppedByUs = false;
  #misbehaved = false;
  #gone = false;
  #lines: string[] = [];
  #rest = '';

  constructor(options: SupervisedHostOptions<Message>) {
    this.#options = options;
    this.#heartbeat = new Heartbeat({
      ...(options.heartbeat ?? defaultHeartbeat),
      onSilent: (silentMs) => options.onHealth?.(false, silentMs),
      onBack: () => options.onHealth?.(true, 0),
    });
    this.#process = options.launcher.launch({
      entry: options.entry,
      name: options.name,
      ...(options.environment === undefined ? {} : { environment: options.environment }),
    });
    if (options.onStart !== undefined) this.#process.onStart(options.onStart);
    this.#process.onMessage((message) => this.#receive(message));
    this.#process.onOutput((text) => this.#keepOutput(text));
    this.exit = new Promise((resolve) => {
      this.#process.onExit((exit) => resolve(this.#finish(exit)));
    });
  }

  get pid(): number | null {
    return this.#process.pid;
  }

  get gone(): boolean {
    return this.#gone;
  }

  send(message: unknown): void {
    if (!this.#gone) this.#process.send(message);
  }

  /**
   * Asks the host to end with `message`; ends it with SIGTERM, then SIGKILL, when it does not in time. A second
   * call sends its message too but does not start the clock again.
   */
  stop(message: unknown): Promise<HostExit> {
    this.send(message);
    if (!this.#stopping && !this.#gone) {
      this.#stopping = true;
      const { cooperativeMs, terminateMs } = this.#options.patience ?? defaultPatience;
      this.#timer = setTimeout(() => {
        this.#end('SIGTERM');
        this.#timer = setTimeout(() => this.#end('SIGKILL'), terminateMs);
      }, cooperativeMs);
    }
    return this.exit;
  }

  /** Ends the host at once, without its consent. */
  kill(): Promise<HostExit> {
    this.#end('SIGKILL');
    return this.exit;
  }

  #end(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.#gone) return;
    this.#stoppedByUs = true;
    this.#process.kill(signal);
  }

  #receive(raw: unknown): void {
    if (this.#misbehaved) return;
    this.#heartbeat.beat();
    let message: Message;
    try {
      message = this.#options.parse(raw);
    } catch (error) {
      this.#misbehaved = true;
      this.#keepOutput(`${error instanceof Error ? error.message : String(error)}\n`);
      this.#process.kill('SIGKILL');
      return;
    }
    this.#options.onMessage(message);
  }

  #keepOutput(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-longestLine);
    this.#lines.push(...lines.map((line) => line.slice(0, longestLine)));
    this.#lines = this.#lines.slice(-keptLines);
  }

  #finish(exit: RawExit): HostExit {
    this.#gone = true;
    this.#heartbeat.stop();
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#rest !== '') this.#keepOutput('\n');
    const outputTail = this.#lines.filter((line) => line.trim() !== '');
    const reason = exitReason(exit, {
      stoppedByUs: this.#stoppedByUs,
      misbehaved: this.#misbehaved,
      outputTail,
      memoryKills: countMemoryKills() - this.#memoryKillsBefore,
    });
    return { reason, description: describeExit(reason, exit), outputTail };
  }
}
