import { fork, type ChildProcess } from 'node:child_process';
import type { MessagePortMain } from 'electron';
import { cleanEnvironment } from '#supervise/environment.ts';
import { fromCoreSchema, type FromCore, type LinePurpose, type ToCore } from '../messages.ts';
import type { CoreProcessHandle, ProcessExit } from './core-process-handle.ts';
import { UtilityChild } from './utility-children.ts';

const name = 'offrec-core';

/** The core as a utility process: its lines are handed over and bypass main. */
class UtilityCore implements CoreProcessHandle {
  readonly #child: UtilityChild;
  #lines = 0;

  constructor(entry: string, environment: Readonly<Record<string, string>>) {
    this.#child = new UtilityChild({ entry, name, environment });
  }

  send(message: ToCore): void {
    this.#child.post(message);
  }

  open(purpose: LinePurpose, port: MessagePortMain): void {
    this.#child.post({ type: 'line', line: this.#lines++, purpose } satisfies ToCore, [port]);
  }

  onMessage(listener: (message: FromCore) => void): void {
    this.#child.onMessage((message) => listener(fromCoreSchema.parse(message)));
  }

  onOutput(listener: (text: string) => void): void {
    this.#child.onOutput(listener);
  }

  onExit(listener: (exit: ProcessExit) => void): void {
    this.#child.onExit(listener);
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }
}

/** The core as a child of a Node: it knows no ports, so main carries what is said on its lines. */
class NodeCore implements CoreProcessHandle {
  readonly #child: ChildProcess;
  readonly #ports = new Map<number, MessagePortMain>();
  #lines = 0;

  constructor(node: string, entry: string, environment: Readonly<Record<string, string>>) {
    this.#child = fork(entry, [], {
      execPath: node,
      execArgv: [`--title=${name}`],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: environment,
    });
    this.#child.on('exit', () => this.#closeLines());
  }

  send(message: ToCore): void {
    // The callback takes the error of a child that ends while the message is on its way.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  open(purpose: LinePurpose, port: MessagePortMain): void {
    const line = this.#lines++;
    this.#ports.set(line, port);
    this.send({ type: 'line', line, purpose });
    port.on('message', ({ data }) => this.send({ type: 'line-data', line, data }));
    port.on('close', () => {
      if (this.#ports.delete(line)) this.send({ type: 'line-closed', line });
    });
    port.start();
  }

  onMessage(listener: (message: FromCore) => void): void {
    this.#child.on('message', (raw) => {
      const message = fromCoreSchema.parse(raw);
      if (message.type === 'line-data') this.#ports.get(message.line)?.postMessage(message.data);
      else if (message.type === 'line-closed') this.#close(message.line);
      else listener(message);
    });
  }

  onOutput(listener: (text: string) => void): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', listener);
    }
  }

  onExit(listener: (exit: ProcessExit) => void): void {
    let failure: string | null = null;
    this.#child.on('error', (error) => {
      failure = error.message;
      if (this.#child.pid === undefined) listener({ code: null, signal: null, failure });
    });
    this.#child.on('close', (code, signal) => {
      if (this.#child.pid !== undefined) listener({ code, signal, failure });
    });
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  #close(line: number): void {
    const port = this.#ports.get(line);
    this.#ports.delete(line);
    port?.close();
  }

  #closeLines(): void {
    for (const line of [...this.#ports.keys()]) this.#close(line);
  }
}

export function launchUtilityCore(entry: string): CoreProcessHandle {
  return new UtilityCore(entry, cleanEnvironment(process.env));
}

/** @param node program of a Node that runs the core: not Electron itself */
export function launchNodeCore(node: string, entry: string): CoreProcessHandle {
  return new NodeCore(node, entry, cleanEnvironment(process.env));
}
