import { StringDecoder } from 'node:string_decoder';
import {
  MessageChannelMain,
  utilityProcess,
  type MessagePortMain,
  type UtilityProcess,
} from 'electron';
import type { ProcessExit } from './core-process-handle.ts';

// The only file that starts utility processes.

export interface UtilityOptions {
  readonly entry: string;
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What a process wrote last may come after its end; its streams often never say that they have ended. */
const outputEndMs = 200;

/** A utility process with the manners of a Node child: its exit is told after its last output, and once. */
export class UtilityChild {
  readonly #child: UtilityProcess;
  readonly #exit = Promise.withResolvers<ProcessExit>();
  #gone = false;

  constructor({ entry, name, environment }: UtilityOptions) {
    this.#child = utilityProcess.fork(entry, [], {
      serviceName: name,
      stdio: 'pipe',
      env: { ...environment },
    });
    const drained = this.#drained();
    this.#child.once('exit', (code) => {
      this.#gone = true;
      const patience = new Promise((resolve) => setTimeout(resolve, outputEndMs));
      void Promise.race([drained, patience]).then(() => this.#exit.resolve(exitOf(code)));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Does nothing once the process is gone: posting to one that has ended has crashed Electron. */
  post(message: unknown, ports: MessagePortMain[] = []): void {
    if (!this.#gone) this.#child.postMessage(message, ports);
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.#gone || this.#child.pid === undefined) return;
    if (signal === 'SIGTERM') this.#child.kill();
    else
      try {
        process.kill(this.#child.pid, signal);
      } catch {
        // It has ended in this very moment, and its exit is about to be told.
      }
  }

  onStart(listener: (pid: number) => void): void {
    this.#child.once('spawn', () => listener(this.#child.pid ?? 0));
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#child.on('message', listener);
  }

  onOutput(listener: (text: string) => void): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      const decoder = new StringDecoder('utf8');
      stream?.on('data', (bytes: Buffer) => listener(decoder.write(bytes)));
    }
    this.#child.on('error', (type, location) => listener(`${type} in ${location}\n`));
  }

  onExit(listener: (exit: ProcessExit) => void): void {
    void this.#exit.promise.then(listener);
  }

  #drained(): Promise<unknown> {
    const streams = [this.#child.stdout, this.#child.stderr].filter((stream) => stream !== null);
    return Promise.all(streams.map((stream) => new Promise((done) => stream.once('close', done))));
  }
}

/** Our processes end with 0 or 1, so a higher status names the signal that ended one. */
const signals: Readonly<Record<number, string>> = {
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
};

function exitOf(status: number): ProcessExit {
  const signal = process.platform === 'win32' ? undefined : signals[status];
  return signal === undefined
    ? { code: status, signal: null, failure: null }
    : { code: null, signal, failure: null };
}

export function openChannel(): [MessagePortMain, MessagePortMain] {
  const { port1, port2 } = new MessageChannelMain();
  return [port1, port2];
}
