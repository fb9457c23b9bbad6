import { fork, type ChildProcess } from 'node:child_process';
import { cleanEnvironment } from './environment.ts';
import type { HostLauncher, HostProcess, LaunchOptions, RawExit } from './host-launcher.ts';

class NodeChild implements HostProcess {
  readonly #child: ChildProcess;
  #failure: Error | null = null;

  constructor(child: ChildProcess) {
    this.#child = child;
    // An error after the start (a message that could not be written) is followed by an exit as well.
    child.on('error', (error) => {
      if (child.pid === undefined) this.#failure = error;
    });
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  send(message: unknown): void {
    if (!this.#child.connected) return;
    // The callback takes the error of a child that ends while the message is on its way.
    this.#child.send(message as object, () => undefined);
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  onStart(listener: (pid: number) => void): void {
    if (this.#child.pid !== undefined) listener(this.#child.pid);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#child.on('message', listener);
  }

  onOutput(listener: (text: string) => void): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', listener);
    }
  }

  onExit(listener: (exit: RawExit) => void): void {
    let told = false;
    const tell = (exit: RawExit): void => {
      if (told) return;
      told = true;
      listener(exit);
    };
    // `close` comes after the last output and the last message, `exit` may come before them.
    this.#child.on('close', (code, signal) => tell({ code, signal, failure: this.#failure }));
    this.#child.on('error', (failure) => {
      if (this.#child.pid === undefined) tell({ code: null, signal: null, failure });
    });
  }
}

/** Hosts as children of a Node: this one unless told otherwise; typed arrays through structured clone. */
export class NodeChildLauncher implements HostLauncher {
  readonly #node: string;

  constructor(node = process.execPath) {
    this.#node = node;
  }

  launch(options: LaunchOptions): HostProcess {
    const child = fork(options.entry, [], {
      execPath: this.#node,
      execArgv: [`--title=${options.name}`],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: cleanEnvironment(process.env, options.environment),
    });
    return new NodeChild(child);
  }
}
