import axe from 'axe-core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { experiment } from '../runs/support/homes.ts';
import { serveCore } from '../support/served.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const pageFolder =
  process.env['OFFREC_PAGE'] ?? join(import.meta.dirname, '..', '..', 'out', 'renderer');
const isBuilt = existsSync(join(pageFolder, 'index.html'));

let browser: Browser | null = null;
afterAll(() => browser?.close());

/** Addresses of every page, with a run and an experiment for those that show one. */
const addresses = (run: string, experimentName: string): string[] => [
  '/',
  '/experiments/new',
  `/experiments/${experimentName}`,
  '/queue',
  '/runs',
  `/runs/${run}`,
  '/compare',
  `/compare?experiments=${experimentName}`,
  '/tables',
  '/datasets',
  '/datasets/tiny',
  '/import',
  '/world',
  '/checkpoints',
  '/try',
  '/health',
  '/settings',
];

/** What axe finds serious or critical on the page as it stands, one line a rule and element. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(async () => {
    const { axe: inPage } = globalThis as unknown as { axe: typeof axe };
    return inPage.run(document, { resultTypes: ['violations'] });
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 4).map((node) => `${id}: ${node.target.join(' ')} ${node.html.slice(0, 160)}`),
    );
}

// Needs Chromium and `npm run build:page`; shown as skipped where either is missing.
describe.skipIf(executablePath === undefined || !isBuilt)('every page for every reader', () => {
  it.each(['light', 'dark'] as const)('has nothing serious against it, %s', async (theme) => {
    const { core, server } = await serveCore(undefined, pageFolder);
    const { runs, name } = await core.experiments.create(experiment({ seeds: [0, 1, 2] }));
    await core.queue.serve();
    await core.runs.waitFor(runs.map(({ id }) => id));
    browser ??= await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: ['--no-sandbox'],
    });
    const context = await browser.newContext({ colorScheme: theme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(server.url);
    const found: Record<string, string[]> = {};
    const tabs: string[] = [];
    for (const address of addresses(String(runs[0]?.id), name)) {
      await page.goto(new URL(`/#${address}`, server.url).href);
      // Anew, so that the heading waited for is this page's own.
      await page.reload();
      await page.locator('main h1').first().waitFor();
      await page.waitForLoadState('networkidle');
      const lines = await violations(page);
      if (lines.length > 0) found[address] = lines;
      for (const tab of (await page.getByRole('tab').all()).slice(1)) {
        await tab.click();
        await page.waitForLoadState('networkidle');
        const title = await tab.innerText();
        tabs.push(title);
        const behind = await violations(page);
        if (behind.length > 0) found[`${address} ${title}`] = behind;
      }
    }
    for (const [keys, overlay] of [
      ['Control+k', 'palette'],
      ['?', 'shortcuts'],
    ] as const) {
      await page.keyboard.press(keys);
      await page.locator('dialog').waitFor();
      const lines = await violations(page);
      if (lines.length > 0) found[overlay] = lines;
      await page.keyboard.press('Escape');
    }
    await context.close();
    expect(found).toEqual({});
    expect(tabs).toEqual(expect.arrayContaining(['Parameters', 'Reward gap', 'Log']));
  });

  it('takes the focus to the heading of the next page and tells its name', async () => {
    const { server } = await serveCore(undefined, pageFolder);
    browser ??= await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: ['--no-sandbox'],
    });
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.locator('main h1').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe(
      'Skip to the content',
    );
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.textContent))
      .toBe('Settings');
    expect(await page.title()).toBe('Settings – Offrec');
    await page.close();
  });
});
