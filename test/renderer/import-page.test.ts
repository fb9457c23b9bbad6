import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryHome } from '../runs/support/homes.ts';
import { serveCore } from '../support/served.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const pageFolder = join(import.meta.dirname, '..', '..', 'out', 'renderer');
const isBuilt = existsSync(join(pageFolder, 'index.html'));
const folder = mkdtempSync(join(tmpdir(), 'offrec-import-'));

let browser: Browser | null = null;
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

// Needs Chromium and `npm run build:page`; shown as skipped where either is missing.
describe.skipIf(executablePath === undefined || !isBuilt)('importing a log in a browser', () => {
  it('finds the file, maps its columns, shows what is refused, and imports the rest', async () => {
    mkdirSync(join(folder, 'logs'));
    const rows = ['who,what,how,junk', 'a,x,1,q', 'b,x,oops,q', 'a,y,3,q', 'b,z,5,q'];
    writeFileSync(join(folder, 'logs', 'odd.csv'), `${rows.join('\n')}\n`);
    const { core, server } = await serveCore(temporaryHome(), pageFolder, (same) => same, {
      browse: [folder],
    });
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox'],
    });
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.evaluate("location.hash = '#/import'");

    await page.getByRole('button', { name: 'Browse…' }).click();
    await page.getByRole('button', { name: 'logs/' }).click();
    await page.getByRole('button', { name: 'odd.csv' }).click();
    await page.getByText('choose the columns').waitFor();
    for (const [role, column] of [
      ['user', 'who'],
      ['item', 'what'],
      ['reward', 'how'],
    ] as const) {
      await page.getByLabel(`Column of the ${role}`, { exact: true }).focus();
      await page.keyboard.type(column);
      await page.keyboard.press('Enter');
    }
    await page.getByText('1 row cannot be used.').waitFor();
    await page.getByText("odd.csv:3: how is not a number: 'oops'").waitFor();
    expect(await page.getByRole('button', { name: 'Import the log' }).isEnabled()).toBe(false);

    await page.getByLabel('Rows that cannot be used').focus();
    await page.keyboard.press('Enter');
    await page.getByText('leave them out and count them').click();
    await page.getByRole('button', { name: 'Import the log' }).click();
    await page.getByText('odd is imported.').waitFor();
    const manifest = core.datasets.show('odd');
    expect([manifest.users, manifest.items, manifest.interactions]).toEqual([2, 3, 3]);
    await page.getByRole('button', { name: 'Show the dataset' }).click();
    await page.getByRole('heading', { name: 'odd' }).waitFor();
  });
});
