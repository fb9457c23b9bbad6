import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { experiment } from '../runs/support/homes.ts';
import { serveCore } from '../support/served.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const pageFolder = join(import.meta.dirname, '..', '..', 'out', 'renderer');
const isBuilt = existsSync(join(pageFolder, 'index.html'));

let browser: Browser | null = null;
afterAll(() => browser?.close());

interface Opened {
  readonly page: Page;
  /** Whatever the page complained of. */
  readonly complaints: string[];
}

async function open(url: string): Promise<Opened> {
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

// Needs Chromium and `npm run build:page`; shown as skipped where either is missing.
describe.skipIf(executablePath === undefined || !isBuilt)('the page in a browser', () => {
  it('shows new runs by itself, ends with them, and is led by keys', async () => {
    const { core, server } = await serveCore(undefined, pageFolder);
    const { page, complaints } = await open(server.url);
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.getByRole('link', { name: 'Runs', exact: true }).click();
    await page.getByText('There are no runs yet.').waitFor();
    const way = page.getByRole('main').getByRole('link', { name: 'New experiment' });
    expect(await way.getAttribute('href')).toBe('#/experiments/new');

    const { runs } = await core.experiments.create(experiment({ seeds: [0, 1, 2] }));
    const grid = page.getByRole('grid', { name: 'Runs' });
    await grid.getByRole('link').nth(2).waitFor();
    await core.queue.serve();
    await core.runs.waitFor(runs.map(({ id }) => id));
    await grid.getByText('done', { exact: true }).nth(2).waitFor();

    await page.getByPlaceholder('Filter').fill('seed=1');
    await page.getByText('1 of 3 runs').waitFor();
    await grid.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/#/runs/${String(runs[1]?.id)}`);
    await page.locator('canvas').first().waitFor();

    await page.keyboard.press('Control+k');
    await page.keyboard.type('datasets');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Datasets' }).waitFor();
    await page.getByRole('link', { name: 'tiny' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await page.getByRole('heading', { name: 'Tables' }).waitFor();
    expect(complaints).toEqual([]);
  });
});
