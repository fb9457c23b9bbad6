import axe from 'axe-core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll } from 'vitest';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const builtPage = join(import.meta.dirname, '..', '..', 'out', 'renderer');

/** The built page, or another one that `OFFREC_TEST_PAGE` names. */
export const pageFolder = process.env['OFFREC_TEST_PAGE'] ?? builtPage;
/** Whether Chromium and the built page (`npm run build:page`) are there. */
export const canBrowse = executablePath !== undefined && existsSync(join(pageFolder, 'index.html'));

let browser: Browser | null = null;
afterAll(() => browser?.close());

export interface OpenedPage {
  readonly page: Page;
  /** Whatever the page complained of. */
  readonly complaints: string[];
}

export async function openPage(url: string): Promise<OpenedPage> {
  browser ??= await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text());
  });
  await page.goto(url);
  return { page, complaints };
}

/** What axe calls serious or critical, as `rule: element`. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const loaded = globalThis as unknown as { axe: { run: typeof axe.run } };
    return (await loaded.axe.run('main')).violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      target: nodes.map((node) => String(node.target)).join(' | '),
    }));
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, target }) => `${id}: ${target}`);
}
