import { isAbsolute } from 'node:path';
import type { FromCore } from '../messages.ts';
import type { CoreProcessHandle } from './core-process-handle.ts';
import { openChannel, UtilityChild } from './utility-children.ts';

type Launch = Extract<FromCore, { type: 'launch' }>;

/**
 * Starts the hosts that a core asks for, as utility processes, and gives each a line to the core. One broker serves one
 * core; hosts of a core that is gone see their lines close and end by themselves.
 */
export class HostBroker {
  readonly #core: CoreProcessHandle;
  readonly #hosts = new Map<number, UtilityChild>();

  constructor(core: CoreProcessHandle) {
    this.#core = core;
  }

  launch({ host, entry, name, environment }: Launch): void {
    try {
      if (!isAbsolute(entry)) throw new Error(`${entry} is no absolute path.`);
      this.#start(host, new UtilityChild({ entry, name, environment }));
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      this.#core.send({ type: 'host-exit', host, code: null, signal: null, failure });
    }
  }

  kill(host: number, signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#hosts.get(host)?.kill(signal);
  }

  /** Resolves when no host is left; those that write a last checkpoint are waited for, up to `patienceMs`. */
  async end(patienceMs: number): Promise<void> {
    const hosts = [...this.#hosts.values()];
    if (hosts.length === 0) return;
    const timer = setTimeout(() => hosts.forEach((host) => host.kill('SIGKILL')), patienceMs);
    await Promise.all(hosts.map((host) => new Promise<void>((gone) => host.onExit(() => gone()))));
    clearTimeout(timer);
  }

  #start(host: number, child: UtilityChild): void {
    this.#hosts.set(host, child);
    const [hostEnd, coreEnd] = openChannel();
    child.onStart((pid) => {
      child.post(null, [hostEnd]);
      this.#core.send({ type: 'host-started', host, pid });
      this.#core.open({ kind: 'host', host }, coreEnd);
    });
    child.onOutput((text) => this.#core.send({ type: 'host-output', host, text }));
    child.onExit((exit) => {
      this.#hosts.delete(host);
      this.#core.send({ type: 'host-exit', host, ...exit });
    });
  }
}
