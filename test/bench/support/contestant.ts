import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** How a contestant introduces itself; null when it cannot take part. */
export interface Introduction {
  readonly ready: boolean;
  readonly what: string;
}

/**
 * A child process that times steps for us: one JSON line in, one out. Each has its own process because
 * libraries fix their number of threads when they load.
 */
export class Contestant {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: Interface;
  readonly #waiting: { resolve: (line: string) => void; reject: (error: Error) => void }[] = [];
  readonly #early: string[] = [];
  #complaints = '';
  #failure: Error | null = null;

  constructor(
    command: string,
    commandArguments: readonly string[],
    environment: NodeJS.ProcessEnv,
  ) {
    this.#child = spawn(command, commandArguments, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    this.#lines = createInterface({ input: this.#child.stdout });
    this.#lines.on('line', (line) => this.#receive(line));
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-4000);
    });
    this.#child.on('error', (error) => this.#fail(error));
    this.#child.on('close', (code) =>
      this.#fail(new Error(`${command} ended with ${code}: ${this.#complaints}`)),
    );
    this.#child.stdin.on('error', (error) => this.#fail(error));
  }

  /** The first line, which each child prints when it has loaded. */
  async introduction(): Promise<Introduction> {
    return JSON.parse(await this.#line()) as Introduction;
  }

  /** Runs the step `calls` times and returns each call's duration in ms. */
  async time(step: string, calls: number): Promise<number[]> {
    if (this.#failure !== null) throw this.#failure;
    this.#child.stdin.write(`${JSON.stringify({ step, calls })}\n`);
    const { ms } = JSON.parse(await this.#line()) as { ms: number[] };
    return ms;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await closed;
    clearTimeout(timer);
  }

  #line(): Promise<string> {
    const early = this.#early.shift();
    if (early !== undefined) return Promise.resolve(early);
    if (this.#failure !== null) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  #receive(line: string): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#early.push(line);
    else next.resolve(line);
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }
}
