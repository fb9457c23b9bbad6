import { setImmediate as nextTurn } from 'node:timers/promises';
import { OffrecError, toWireError } from '#contract/errors.ts';
import type { Core } from '#core/core.ts';
import { openCore } from '#core/open-core.ts';
import { applicationNode } from '#setup/locations.mjs';
import type { HostLauncher } from '#supervise/host-launcher.ts';
import { NodeChildLauncher } from '#supervise/node-child-launcher.ts';
import { createHandler, type Handler } from '../../router/handler.ts';
import { createRouter } from '../../router/router.ts';
import type { ToCore } from '../messages.ts';
import { tellActivity } from './activity.ts';
import { Lines, type Line } from './lines.ts';
import { openMainLink, type MainLink } from './main-link.ts';
import { serveWindow } from './serve-window.ts';
import { UtilityLauncher } from './utility-launcher.ts';

// Entry of the core's process under Electron: opens the data folder that main names and serves windows and runs.

type StartMessage = Extract<ToCore, { type: 'start' }>;

const beatEveryMs = 5_000;

class CoreProcess {
  readonly #link: MainLink;
  readonly #launcher: UtilityLauncher;
  readonly #lines: Lines;
  #waitingWindows: Line[] = [];
  #handler: Handler | null = null;
  #core: Core | null = null;
  #stopActivity: () => void = () => {};
  #stopping = false;

  constructor(link: MainLink) {
    this.#link = link;
    this.#launcher = new UtilityLauncher(link);
    this.#lines = new Lines(link, (line, purpose) => {
      if (purpose.kind === 'host') this.#launcher.connect(purpose.host, line);
      else this.#serve(line);
    });
    link.onMessage((message, port) => {
      if (message.type === 'start') void this.#start(message);
      else if (message.type === 'stop') void this.stop();
      else if (message.type.startsWith('line')) this.#lines.receive(message, port);
      else this.#launcher.receive(message as Parameters<UtilityLauncher['receive']>[0]);
    });
    link.onGone(() => void this.stop());
  }

  async #start({ home, version, hosts }: StartMessage): Promise<void> {
    this.#link.send({ type: 'opening' });
    try {
      // The message leaves before the data folder is checked, which lets nothing else in between.
      await nextTurn();
      this.#core = await openCore({ home, launcher: this.#launcherFor(hosts) });
      this.#handler = createHandler(createRouter(this.#core, { door: 'window', version }));
      await this.#core.queue.serve();
    } catch (error) {
      this.#link.send({ type: 'refused', error: toWireError(error) });
      return;
    }
    this.#stopActivity = tellActivity(this.#core, (message) => this.#link.send(message));
    setInterval(() => this.#link.send({ type: 'beat' }), beatEveryMs).unref();
    this.#link.send({ type: 'ready' });
    for (const line of this.#waitingWindows.splice(0)) this.#serve(line);
  }

  #launcherFor(hosts: StartMessage['hosts']): HostLauncher {
    if (hosts === 'utility') return this.#launcher;
    const node = applicationNode();
    if (node !== null) return new NodeChildLauncher(node);
    throw new OffrecError('usage', 'There is no Node to run hosts on.', {
      hint: 'Start Offrec without --hosts=node.',
    });
  }

  #serve(line: Line): void {
    if (this.#handler === null) this.#waitingWindows.push(line);
    else serveWindow(line, this.#handler);
  }

  /** Runs end first, with a checkpoint each; then the store is closed. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#stopActivity();
    let status = 0;
    try {
      await this.#core?.close();
    } catch (error) {
      status = 1;
      process.stderr.write(`${toWireError(error).message}\n`);
    }
    process.exit(status);
  }
}

// The terminal's Ctrl-C reaches every process of the group; main decides in which order they end.
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
const core = new CoreProcess(openMainLink());
process.on('SIGTERM', () => void core.stop());
