import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { packageFolder, projectFolder } from '#setup/locations.mjs';
import { cachedElectron } from '../fetch-electron.mjs';

/** The built application; OFFREC_TEST_OUT names another folder inside the project. */
const built = join(projectFolder, process.env['OFFREC_TEST_OUT'] ?? 'out');
export const preloadFile = join(built, 'preload', 'index.cjs');
const mainFile = join(built, 'main', 'src-main', 'doors', 'electron', 'main.js');

function installedElectron(): string {
  return join(packageFolder('electron') ?? '', 'dist', 'electron');
}

/** Program of an Electron: OFFREC_TEST_ELECTRON, that of npm, or the one that was fetched for tests. */
export const electronProgram =
  [process.env['OFFREC_TEST_ELECTRON'] ?? '', installedElectron(), cachedElectron()].find(
    (program) => program !== '' && existsSync(program),
  ) ?? null;

/** Version of that Electron. */
export const electronVersion =
  electronProgram === null
    ? ''
    : readFileSync(join(dirname(electronProgram), 'version'), 'utf8').trim();

const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY']);

/** Why nothing can be started here, null when it can. Shown beside the skipped tests. */
export const whyNoElectron =
  electronProgram === null
    ? 'no Electron: node test/electron/fetch-electron.mjs fetches one'
    : !existsSync(mainFile)
      ? 'the application is not built: npm run build'
      : hasDisplay
        ? null
        : 'no display: xvfb-run -a -s -noreset npm test has one';

export interface LaunchOptions {
  /** Data folder; a temporary one when left out. */
  readonly home?: string;
  readonly core?: 'node' | 'utility';
  readonly hosts?: 'node' | 'utility';
  readonly environment?: Readonly<Record<string, string>>;
  /** Does not wait for the page's line to the core. */
  readonly withoutCore?: boolean;
}

export interface LaunchedOffrec {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly home: string;
  /** What the page and the main process complained of. */
  readonly complaints: string[];
  /** Quits without asking, as a signal does, and waits for the end. */
  close(): Promise<void>;
}

/** An application ends within seconds; one that has not by now is killed, and its test fails. */
const longestEndMs = 30_000;
/** One that does not start has a message of its own, before the test's time is over. */
const longestStartMs = 60_000;

const opened: LaunchedOffrec[] = [];
const folders: string[] = [];

/** A data folder that is removed by `closeEverything`. */
export function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'offrec-window-'));
  folders.push(home);
  return home;
}

/** Ends what tests have left open; for `afterEach`. */
export async function closeEverything(): Promise<void> {
  for (const launched of opened.splice(0)) await launched.close();
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Starts the built application and waits for its page. */
export async function launchOffrec(options: LaunchOptions = {}): Promise<LaunchedOffrec> {
  if (electronProgram === null) throw new Error('There is no Electron.');
  const home = options.home ?? newHome();
  const args = [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    mainFile,
    '--home',
    home,
    `--core=${options.core ?? 'node'}`,
    `--hosts=${options.hosts ?? 'utility'}`,
  ];
  const app = await launchHeld(electronProgram, args, {
    ...cleanProcessEnvironment(),
    ...(options.environment ?? {}),
  });
  const child = app.process();
  const complaints: string[] = [];
  const page = await app.firstWindow();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text());
  });
  const launched = { app, page, home, complaints, close: () => quit(child) };
  opened.push(launched);
  // A look that begins before the window is shown waits for a frame that is never drawn.
  await shown(app);
  await page.getByRole('navigation').first().waitFor();
  if (options.withoutCore !== true) {
    await page.waitForFunction("offrec.coreState().then(({ kind }) => kind === 'running')");
  }
  return launched;
}

/**
 * Launches an application that waits with its windows until Playwright has attached: it holds only the Electron that it
 * finds itself. One that is given as `executablePath` goes on meanwhile, and where its window opens between two
 * of Playwright's orders, the launch never ends: one time in eight on a loaded machine.
 */
async function launchHeld(
  program: string,
  args: string[],
  env: Record<string, string>,
): Promise<ElectronApplication> {
  if (program !== installedElectron()) {
    // Read by the npm package that Playwright asks for the program.
    process.env['ELECTRON_OVERRIDE_DIST_PATH'] = dirname(program);
  }
  return await _electron.launch({ args, env, timeout: longestStartMs });
}

/** Resolves when the first window is on the screen. */
function shown(app: ElectronApplication): Promise<void> {
  return app.evaluate(async ({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    if (window === undefined || window.isVisible()) return;
    await new Promise<void>((resolve) => window.once('show', () => resolve()));
  });
}

function cleanProcessEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(VITEST|NODE_OPTIONS|ELECTRON_)/.test(entry[0]),
  );
  return Object.fromEntries(kept);
}

async function quit(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), longestEndMs);
  await gone;
  clearTimeout(timer);
  if (child.signalCode === 'SIGKILL') throw new Error('The application did not end when asked to.');
}
