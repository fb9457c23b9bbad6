import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type Locator,
  type Page,
} from 'playwright-core';
import { attend } from './attend.ts';
import type { Door, SavedFile } from './door.ts';
import { ServedOffrec } from './served-offrec.ts';

const executablePath =
  [
    process.env['OFFREC_TEST_CHROMIUM'] ?? '',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
  ].find((program) => program !== '' && existsSync(program)) ?? null;
const page = join(import.meta.dirname, '..', '..', '..', 'out', 'renderer', 'index.html');

/** Why no browser can be driven here, null when one can. */
export const whyNoBrowser =
  executablePath === null
    ? 'no Chromium: OFFREC_TEST_CHROMIUM names one'
    : existsSync(page)
      ? null
      : 'the page is not built: npm run build:page';

/** Chromium at `offrec serve`. */
export class BrowserDoor implements Door {
  readonly home: string;
  readonly complaints: string[] = [];
  readonly #served: ServedOffrec;
  readonly #isOwnHome: boolean;
  #browser: Browser | null = null;
  #context: BrowserContext | null = null;
  #page: Page | null = null;

  /** @param home data folder that somebody else keeps; a temporary one when left out */
  constructor(home?: string) {
    this.#isOwnHome = home === undefined;
    this.home = home ?? mkdtempSync(join(tmpdir(), 'offrec-story-'));
    this.#served = new ServedOffrec(this.home);
  }

  get port(): number {
    return this.#served.port;
  }

  get page(): Page {
    if (this.#page === null) throw new Error('Offrec is not open.');
    return this.#page;
  }

  async open(): Promise<Page> {
    await this.#served.start();
    this.#browser ??= await chromium.launch({
      ...(executablePath === null ? {} : { executablePath }),
      args: ['--no-sandbox'],
    });
    // The same profile when it is opened again: what the page keeps in the browser stays.
    this.#context ??= await this.#browser.newContext({ viewport: { width: 1440, height: 900 } });
    this.#page = await this.#newPage(this.#context, this.#served.url());
    return this.#page;
  }

  /** A browser of somebody else, with a profile of its own; `port` is that of something that leads to the server. */
  async otherBrowser(port?: number): Promise<Page> {
    if (this.#browser === null) throw new Error('Offrec is not open.');
    const context = await this.#browser.newContext({ viewport: { width: 1440, height: 900 } });
    return this.#newPage(context, this.#served.url(port));
  }

  async #newPage(context: BrowserContext, url: string): Promise<Page> {
    const opened = await context.newPage();
    attend(opened, this.complaints);
    await opened.goto(url);
    return opened;
  }

  async close(): Promise<void> {
    await this.#page?.close();
    this.#page = null;
    await this.#served.end('SIGTERM');
  }

  async killCore(): Promise<void> {
    await this.#served.end('SIGKILL');
    await this.#served.start();
  }

  async choosePath(picker: Locator, path: string): Promise<void> {
    await picker.getByRole('textbox').fill(path);
  }

  async saved(act: () => Promise<void>): Promise<SavedFile> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), act()]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }

  async dispose(): Promise<void> {
    await this.#browser?.close();
    await this.#served.end('SIGTERM');
    if (this.#isOwnHome) rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}
