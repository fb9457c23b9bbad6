import { lastWord } from '#contract/line.ts';
import { cleanEnvironment } from '#supervise/environment.ts';
import type {
  HostLauncher,
  HostProcess,
  LaunchOptions,
  RawExit,
} from '#supervise/host-launcher.ts';
import type { ToCore } from '../messages.ts';
import type { Line } from './lines.ts';
import type { MainLink } from './main-link.ts';

type HostMessage = Extract<ToCore, { type: 'host-started' | 'host-output' | 'host-exit' }>;

/** After a process is gone its line says so at once; a line that never came has nothing to say. */
const lineEndMs = 2_000;

/** A utility process, seen from the core: main starts it and tells of it, its messages come over a line. */
class UtilityHost implements HostProcess {
  readonly #link: MainLink;
  readonly #id: number;
  readonly #unsent: unknown[] = [];
  readonly #outputListeners: ((text: string) => void)[] = [];
  readonly #lineEnd = Promise.withResolvers<void>();
  readonly #exit = Promise.withResolvers<RawExit>();
  #line: Line | null = null;
  #pid: number | null = null;
  #onStart: ((pid: number) => void) | null = null;
  #receive: ((message: unknown) => void) | null = null;

  constructor(link: MainLink, id: number) {
    this.#link = link;
    this.#id = id;
  }

  get pid(): number | null {
    return this.#pid;
  }

  send(message: unknown): void {
    if (this.#line === null) this.#unsent.push(message);
    else this.#line.send(message);
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#link.send({ type: 'kill', host: this.#id, signal });
  }

  onStart(listener: (pid: number) => void): void {
    this.#onStart = listener;
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#receive = listener;
  }

  onOutput(listener: (text: string) => void): void {
    this.#outputListeners.push(listener);
  }

  onExit(listener: (exit: RawExit) => void): void {
    void this.#exit.promise.then(listener);
  }

  /** The line comes after `host-started`, so that whoever writes has its claim by then. */
  connect(line: Line): void {
    this.#line = line;
    line.onClose(() => this.#lineEnd.resolve());
    line.onMessage((message) => {
      if (message !== lastWord) return this.#receive?.(message);
      line.close();
      this.#lineEnd.resolve();
    });
    for (const message of this.#unsent.splice(0)) line.send(message);
  }

  async receive(message: HostMessage): Promise<void> {
    if (message.type === 'host-started') {
      this.#pid = message.pid;
      this.#onStart?.(message.pid);
    } else if (message.type === 'host-output') {
      for (const listener of this.#outputListeners) listener(message.text);
    } else {
      const { code, signal, failure } = message;
      await this.#lastMessage();
      this.#exit.resolve({ code, signal, failure: failure === null ? null : new Error(failure) });
    }
  }

  #lastMessage(): Promise<void> {
    if (this.#line === null) return Promise.resolve();
    const timer = setTimeout(() => this.#lineEnd.resolve(), lineEndMs);
    return this.#lineEnd.promise.finally(() => clearTimeout(timer));
  }
}

/** Hosts as utility processes. Only Electron's main process can start those, so it is asked to. */
export class UtilityLauncher implements HostLauncher {
  readonly #link: MainLink;
  readonly #hosts = new Map<number, UtilityHost>();
  #count = 0;

  constructor(link: MainLink) {
    this.#link = link;
  }

  launch({ entry, name, environment }: LaunchOptions): HostProcess {
    const id = this.#count++;
    const host = new UtilityHost(this.#link, id);
    this.#hosts.set(id, host);
    this.#link.send({
      type: 'launch',
      host: id,
      entry,
      name,
      environment: cleanEnvironment(process.env, environment),
    });
    return host;
  }

  connect(id: number, line: Line): void {
    const host = this.#hosts.get(id);
    if (host === undefined) line.close();
    else host.connect(line);
  }

  receive(message: HostMessage): void {
    void this.#hosts.get(message.host)?.receive(message);
    if (message.type === 'host-exit') this.#hosts.delete(message.host);
  }
}
