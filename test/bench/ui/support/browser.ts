import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { installProbe, type FirstPaint, type Probe } from './probe.ts';

declare global {
  var probe: Probe;
}

const programs = ['/usr/bin/chromium', '/usr/bin/chromium-browser'];

export async function launchBrowser(): Promise<Browser> {
  const executablePath = programs.find(existsSync);
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--js-flags=--expose-gc', '--enable-precise-memory-info'],
  });
}

/** A page with empty caches and the probe. `first` is what its `firstPaintMs` waits for. */
export async function newPage(browser: Browser, first: FirstPaint | null = null): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(installProbe, first);
  return page;
}

/** From the start of the navigation to the first paint that the page was made with. */
export async function firstPaintMs(page: Page): Promise<number> {
  await page.waitForFunction(() => globalThis.probe.firstPaintMs !== null);
  return page.evaluate(() => globalThis.probe.firstPaintMs ?? Number.NaN);
}

/** What the page's probe measures from the event of this kind that `act` sets off. */
export async function measured(
  page: Page,
  type: string,
  act: () => Promise<unknown>,
  ask: () => Promise<number>,
): Promise<number> {
  await page.evaluate((name) => globalThis.probe.arm(name), type);
  const asked = ask();
  await Promise.all([asked, act()]);
  return asked;
}

/** From an event to the last change of rows or canvases that it brings. */
export function settledMs(page: Page, type: string, act: () => Promise<unknown>): Promise<number> {
  return measured(page, type, act, () => page.evaluate(() => globalThis.probe.settled()));
}

/** Bytes that the page's scripts hold after a collection. */
export async function heapBytes(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
