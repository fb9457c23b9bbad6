import { fileURLToPath } from 'node:url';
import { app, type BrowserWindow, type Session } from 'electron';
import { channels } from '#contract/desktop-channels.ts';
import type { CoreState } from '#contract/desktop.ts';
import { applicationNode } from '#setup/locations.mjs';
import { askBeforeClosing } from './app/ask-before-closing.ts';
import { nextInBackground, noActivity } from './app/background.ts';
import { bringForward, openMainWindow } from './app/main-window.ts';
import { showMenu } from './app/menu.ts';
import { servePage } from './app/page-protocol.ts';
import { denyPermissions } from './app/policy.ts';
import { notify, showProgress } from './app/run-notices.ts';
import { SettingsFile } from './app/settings-file.ts';
import type { ApplicationArguments } from './arguments.ts';
import { answerBridge } from './ipc/bridge-handlers.ts';
import { Registrar } from './ipc/registrar.ts';
import { launchNodeCore, launchUtilityCore } from './launch/core-launchers.ts';
import type { CoreProcessHandle } from './launch/core-process-handle.ts';
import { CoreSupervisor } from './launch/core-supervisor.ts';
import { HostBroker } from './launch/host-broker.ts';
import type { Activity, FromCore } from './messages.ts';

const coreEntry = fileURLToPath(new URL('core/core-process.js', import.meta.url));
const pageFolder = fileURLToPath(new URL('../../../../renderer', import.meta.url));
const orphanPatienceMs = 20_000;

/** The desktop application: one window, one core, and the order in which they begin and end. */
export class Application {
  readonly #given: ApplicationArguments;
  readonly #file: SettingsFile;
  readonly #registrar = new Registrar();
  readonly #supervisor: CoreSupervisor;
  readonly #brokers = new Set<HostBroker>();
  #broker: HostBroker | null = null;
  #window: BrowserWindow | null = null;
  #activity = noActivity;
  #ending: Promise<void> | null = null;
  #inBackground = false;
  #mayClose = false;
  #isAsking = false;
  #startsAgain = false;

  constructor(given: ApplicationArguments, settingsFile: string) {
    this.#given = given;
    this.#file = new SettingsFile(settingsFile);
    this.#supervisor = new CoreSupervisor(() => this.#launchCore(), {
      start: () => ({
        type: 'start',
        home: given.home,
        version: app.getVersion(),
        hosts: given.hosts,
      }),
      onProcess: (process) => this.#serveHosts(process),
      onMessage: (message) => this.#receive(message),
      onState: (state) => this.#showState(state),
      describe: () => this.#describe(),
    });
  }

  /** Called when Electron is ready. */
  open(session: Session): void {
    denyPermissions(session);
    servePage(session, pageFolder);
    answerBridge(this.#registrar, this.#supervisor, this.#file, this.#given.home);
    showMenu([], () => {});
    this.#supervisor.start();
    this.showWindow();
  }

  /** Started again while it ends, it opens anew when it has ended: its core cannot be called back. */
  showWindow(): void {
    if (this.#ending !== null) {
      if (!this.#startsAgain) app.relaunch();
      this.#startsAgain = true;
      return;
    }
    this.#inBackground = false;
    if (this.#window !== null) return bringForward(this.#window);
    const window = openMainWindow(this.#file);
    this.#window = window;
    this.#registrar.letIn(window.webContents);
    window.on('close', (event) => this.#closing(event, window));
    window.on('closed', () => (this.#window = null));
    showProgress(window, this.#activity);
  }

  #openRun(run: string): void {
    this.showWindow();
    this.#window?.webContents.send(channels.runOpened, run);
  }

  /** Ends without asking: runs pause. */
  quit(): void {
    this.#mayClose = true;
    app.quit();
  }

  /** Runs end first, the core last. Resolves when every process is gone. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#window?.hide();
    await this.#supervisor.stop();
    await Promise.all([...this.#brokers].map((broker) => broker.end(orphanPatienceMs)));
  }

  #launchCore(): CoreProcessHandle {
    if (this.#given.core === 'utility') return launchUtilityCore(coreEntry);
    const node = applicationNode();
    if (node === null) throw new Error('there is no Node beside Electron to run it on.');
    return launchNodeCore(node, coreEntry);
  }

  #serveHosts(process: CoreProcessHandle): void {
    this.#broker = new HostBroker(process);
    this.#brokers.add(this.#broker);
  }

  #receive(message: FromCore): void {
    if (message.type === 'launch') this.#broker?.launch(message);
    else if (message.type === 'kill') this.#broker?.kill(message.host, message.signal);
    else if (message.type === 'activity') this.#showActivity(message.activity);
    else if (message.type === 'run-ended' && this.#file.settings.notifyWhenRunEnds) {
      notify(message, () => this.#openRun(message.run));
    }
  }

  #showState(state: CoreState): void {
    this.#window?.webContents.send(channels.coreStateChanged, state);
    if (state.kind === 'failed') this.#showActivity(noActivity);
  }

  #showActivity(activity: Activity): void {
    this.#activity = activity;
    if (this.#window !== null) showProgress(this.#window, activity);
    if (!this.#inBackground) return;
    const next = nextInBackground(activity, this.#supervisor.state);
    if (next === 'quit') app.quit();
    else if (next === 'show') this.showWindow();
  }

  #closing(event: { preventDefault(): void }, window: BrowserWindow): void {
    if (this.#mayClose || this.#activity.running === 0) return;
    event.preventDefault();
    if (this.#isAsking) return;
    this.#isAsking = true;
    void this.#decideClosing(window).finally(() => (this.#isAsking = false));
  }

  async #decideClosing(window: BrowserWindow): Promise<void> {
    const kept = this.#file.settings.closeWhileRunning;
    const { choice, remember } =
      kept === 'ask'
        ? await askBeforeClosing(window, this.#activity.running)
        : { choice: kept, remember: false };
    if (choice === 'stay') return;
    if (remember) this.#file.rememberClosing(choice);
    if (choice === 'pause') return this.quit();
    this.#inBackground = true;
    window.hide();
  }

  #describe(): string {
    const { electron, chrome, node } = process.versions;
    return [
      `Offrec ${app.getVersion()}, Electron ${String(electron)}, Chromium ${String(chrome)}, Node ${node}`,
      `${process.platform} ${process.arch}, core as ${this.#given.core}, hosts as ${this.#given.hosts}`,
    ].join('\n');
  }
}
