import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import type { Core } from '#core/core.ts';
import { temporaryHome } from '../runs/support/homes.ts';
import { serveCore } from '../support/served.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const pageFolder =
  process.env['OFFREC_TEST_PAGE'] ?? join(import.meta.dirname, '..', '..', 'out', 'renderer');
const isBuilt = existsSync(join(pageFolder, 'index.html'));
const folder = mkdtempSync(join(tmpdir(), 'offrec-import-'));

let browser: Browser | null = null;
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A page of its own at an address, on a new data folder. */
async function openAt(address: string, change: (core: Core) => Core = (same) => same) {
  const { core, server } = await serveCore(temporaryHome(), pageFolder, change);
  browser ??= await chromium.launch({
    executablePath: executablePath ?? '',
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage();
  await page.goto(server.url);
  await page.getByRole('heading', { name: 'Home' }).waitFor();
  await page.evaluate(`location.hash = '${address}'`);
  return { core, page };
}

/** Maps columns by keyboard, by the part that they play. */
async function chooseColumns(page: Page, columns: Readonly<Record<string, string>>): Promise<void> {
  for (const [role, column] of Object.entries(columns)) {
    await page.getByLabel(`Column of the ${role}`, { exact: true }).focus();
    await page.keyboard.type(column);
    await page.keyboard.press('Enter');
  }
}

// Needs Chromium and `npm run build:page`; shown as skipped where either is missing.
describe.skipIf(executablePath === undefined || !isBuilt)('importing a log in a browser', () => {
  it('lets a page that was left change nothing of the form', async () => {
    const file = join(folder, 'left.csv');
    writeFileSync(file, 'user,item,rating\na,x,1\nb,y,2\n');
    let looks = 0;
    const { page } = await openAt('#/import', (core) => {
      const guessMapping: Core['datasets']['guessMapping'] = async (...given) => {
        looks++;
        // What a page that was left has begun comes late.
        if (looks > 1) await delay(3000);
        return core.datasets.guessMapping(...given);
      };
      return { ...core, datasets: { ...core.datasets, guessMapping } };
    });
    await page.getByRole('textbox', { name: 'Log file' }).fill(file);
    // Left while it still waits for the end of the typing, and opened again.
    await page.evaluate("location.hash = '#/datasets'");
    await page.getByRole('heading', { level: 1, name: 'Datasets' }).waitFor();
    await page.evaluate("location.hash = '#/import'");
    await page.getByRole('button', { name: 'Import the log' }).click();
    const told = page.getByText('left is imported.');
    await told.waitFor();
    await delay(3500);
    expect(await told.isVisible()).toBe(true);
    expect(looks).toBe(1);
  });

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
    await chooseColumns(page, { user: 'who', item: 'what', reward: 'how' });
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

  it('finds its running import again after a reload, with progress and result', async () => {
    const gate = Promise.withResolvers<void>();
    const held = (core: Core): Core => ({
      ...core,
      datasets: {
        ...core.datasets,
        async import(request, options) {
          options?.onProgress?.({ stage: 'waiting', done: 3, total: 10, unit: 'rows' });
          await gate.promise;
          return core.datasets.import(request, options);
        },
      },
    });
    writeFileSync(join(folder, 'slow.csv'), 'user,item,rating\na,x,1\nb,x,2\na,y,3\n');
    const { core, server } = await serveCore(temporaryHome(), pageFolder, held);
    browser ??= await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox'],
    });
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.evaluate("location.hash = '#/import'");
    await page.getByRole('textbox', { name: 'Log file' }).fill(join(folder, 'slow.csv'));
    await page.getByRole('button', { name: 'Import the log' }).click();
    await page.getByText('waiting: 3 of 10 rows').first().waitFor();

    await page.reload();
    const panel = page.getByRole('region', { name: 'Import of slow' });
    await panel.getByText('waiting: 3 of 10 rows').waitFor();
    gate.resolve();
    await panel.getByText('slow is imported.').waitFor();
    expect(core.datasets.show('slow').interactions).toBe(3);
  });

  it('sends a file that is dropped on the datasets, and keeps it while its import runs', async () => {
    const gate = Promise.withResolvers<void>();
    const held = (core: Core): Core => ({
      ...core,
      datasets: {
        ...core.datasets,
        async import(request, options) {
          await gate.promise;
          return core.datasets.import(request, options);
        },
      },
    });
    const { core, server } = await serveCore(temporaryHome(), pageFolder, held);
    browser ??= await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox'],
    });
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.evaluate("location.hash = '#/datasets'");
    await page.getByRole('heading', { level: 1, name: 'Datasets' }).waitFor();
    await page.evaluate(() => {
      const files = new DataTransfer();
      const text = 'user,item,rating\na,x,1\nb,x,2\na,y,3\n';
      files.items.add(new File([text], 'dropped.csv'));
      const way = { dataTransfer: files, bubbles: true, cancelable: true };
      document.querySelector('main')?.dispatchEvent(new DragEvent('drop', way));
    });
    const path = page.getByRole('textbox', { name: 'Log file' });
    await expect.poll(() => path.inputValue()).toMatch(/[0-9a-f]{32}\/dropped\.csv$/);
    await page.getByRole('button', { name: 'Import the log' }).click();
    await page.getByRole('button', { name: 'Jobs: 1 job' }).waitFor();
    await page.evaluate("location.hash = '#/queue'");
    await page.getByRole('heading', { level: 1, name: 'Queue' }).waitFor();
    gate.resolve();
    const importState = () => core.jobs.list().find(({ kind }) => kind === 'import')?.state;
    await expect.poll(importState).not.toBe('running');
    expect(importState()).toBe('done');
    expect(core.datasets.show('dropped').interactions).toBe(3);
  });

  it('brings the form of a log back after a reload, and begins anew after its import', async () => {
    const rows = ['who,what,how,junk', 'a,x,1,q', 'b,x,oops,q', 'a,y,3,q', 'b,z,5,q'];
    writeFileSync(join(folder, 'again.csv'), `${rows.join('\n')}\n`);
    const { core, page } = await openAt('#/import');
    const path = page.getByRole('textbox', { name: 'Log file' });
    await path.fill(join(folder, 'again.csv'));
    await chooseColumns(page, { user: 'what', item: 'who', reward: 'how' });
    await page.getByLabel('Rows that cannot be used').focus();
    await page.keyboard.press('Enter');
    await page.getByText('leave them out and count them').click();
    await page.getByLabel('Name of the dataset').fill('turned-round');
    await page.getByText('1 row cannot be used.').waitFor();

    await page.reload();
    await page.getByText('1 row cannot be used.').waitFor();
    expect(await path.inputValue()).toBe(join(folder, 'again.csv'));
    await page.getByRole('button', { name: 'Import the log' }).click();
    await page.getByText('turned-round is imported.').waitFor();
    const { users, items, interactions } = core.datasets.show('turned-round');
    expect([users, items, interactions]).toEqual([3, 2, 3]);
    await page.reload();
    await page.getByRole('heading', { name: 'Import a dataset' }).waitFor();
    expect(await path.inputValue()).toBe('');
    await page.close();
  });

  it('follows the statistics that are being counted already after a reload', async () => {
    const gate = Promise.withResolvers<void>();
    const held = (core: Core): Core => ({
      ...core,
      datasets: {
        ...core.datasets,
        async statistics(name, options) {
          options?.onProgress?.({ stage: 'counting', done: 1, total: 2, unit: 'rows' });
          await gate.promise;
          return core.datasets.statistics(name, options);
        },
      },
    });
    const { core, page } = await openAt('#/world', held);
    const options = { users: 30, items: 40 };
    await core.datasets.import({ kind: 'synthetic', name: 'world', options });
    await page.evaluate("location.hash = '#/datasets/world'");
    await page.getByText('counting: 1 of 2 rows').waitFor();
    await page.reload();
    await page.getByText('counting: 1 of 2 rows').waitFor();
    expect(core.jobs.list().filter(({ kind }) => kind === 'statistics')).toHaveLength(1);
    gate.resolve();
    await page.getByRole('heading', { name: 'Popularity: interactions of an item' }).waitFor();
    await page.close();
  });

  it('finds its running check again after a reload, and what it found', async () => {
    const gate = Promise.withResolvers<void>();
    const held = (core: Core): Core => ({
      ...core,
      database: {
        ...core.database,
        async check(options) {
          options?.onProgress?.({ stage: 'pages', done: 1, total: 2, unit: 'pages' });
          await gate.promise;
          return core.database.check(options);
        },
      },
    });
    const { core, server } = await serveCore(temporaryHome(), pageFolder, held);
    browser ??= await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox'],
    });
    const page = await browser.newPage();
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.evaluate("location.hash = '#/health'");
    const part = page.getByRole('region', { name: 'Database' });
    await part.getByRole('button', { name: 'Check integrity' }).click();
    await part.getByText('pages: 1 of 2 pages').waitFor();
    await page.reload();
    await part.getByText('pages: 1 of 2 pages').waitFor();
    expect(core.jobs.list().filter(({ kind }) => kind === 'check-database')).toHaveLength(1);
    gate.resolve();
    await part.getByText('It is sound.').waitFor();
  });
});
