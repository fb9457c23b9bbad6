import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../../src-main/doors/terminal/main.ts', import.meta.url));
const token = 'a-token-of-the-story-0123456789';

/** `offrec serve` on one data folder, always at the same address. */
export class ServedOffrec {
  readonly #home: string;
  #child: ChildProcess | null = null;
  #port = 0;
  #stderr = '';

  constructor(home: string) {
    this.#home = home;
  }

  get port(): number {
    return this.#port;
  }

  /** Address with the token; `port` is that of something that leads to the server. */
  url(port = this.#port): string {
    return `http://127.0.0.1:${port}/?token=${token}`;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves when browsers are let in. */
  async start(): Promise<void> {
    const words = ['--home', this.#home, 'serve', '--port', String(this.#port), '--json'];
    const child = spawn(process.execPath, [entry, ...words], {
      env: { ...process.env, NO_COLOR: '1', OFFREC_TOKEN: token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    child.stdout.setEncoding('utf8');
    const told = await Promise.race([
      once(child.stdout, 'data').then(([text]) => JSON.parse(text as string) as { port: number }),
      once(child, 'exit').then(() => null),
    ]);
    if (told === null) throw new Error(`the server ended: ${this.#stderr}`);
    this.#port = told.port;
  }

  /** SIGTERM asks runs to pause first; SIGKILL does not ask. Resolves when the process is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }
}
