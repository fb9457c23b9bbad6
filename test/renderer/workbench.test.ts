import axe from 'axe-core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { serveCore } from '../support/served.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const builtPage = join(import.meta.dirname, '..', '..', 'out', 'renderer');
const pageFolder = process.env['OFFREC_TEST_PAGE'] ?? builtPage;
const isBuilt = existsSync(join(pageFolder, 'index.html'));

let browser: Browser | null = null;
afterAll(() => browser?.close());

async function open(url: string): Promise<{ page: Page; complaints: string[] }> {
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
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const loaded = globalThis as unknown as { axe: { run: typeof axe.run } };
    return (await loaded.axe.run('main')).violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      target: String(nodes[0]?.target),
    }));
  });
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, target }) => `${id}: ${target}`);
}

// Needs Chromium and `npm run build:page`; shown as skipped where either is missing.
describe.skipIf(executablePath === undefined || !isBuilt)('from the form to the queue', () => {
  it('configures DORL and MBPO on three seeds, shows the file, starts them, and shows the queue', async () => {
    const { core, server } = await serveCore(undefined, pageFolder);
    core.queue.hold(true);
    const { page, complaints } = await open(server.url);
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    await page.getByRole('button', { name: 'Start the demo' }).waitFor();
    expect(await violations(page)).toEqual([]);

    await page.keyboard.press('g');
    await page.keyboard.press('n');
    await page.getByLabel('Name of the experiment').fill('penalties');
    await page.getByRole('checkbox', { name: /tiny/ }).click();
    for (const title of ['DORL', 'MBPO']) {
      await page.getByRole('button', { name: 'Add a method' }).click();
      await page.getByText(`${title} — `).click();
    }
    const dorl = page.getByRole('article', { name: 'Method DORL' });
    await dorl.getByRole('button', { name: 'DORL', exact: true }).click();
    const penalty = dorl.getByRole('textbox', { name: 'Uncertainty penalty' });
    await penalty.fill('-1');
    await dorl.getByText('Too small').waitFor();
    await penalty.fill('0.02');
    await dorl.getByRole('button', { name: 'Grid of values for Discount' }).click();
    await dorl.getByRole('textbox', { name: 'Values of Discount' }).fill('0.9, 0.95');
    const mbpo = page.getByRole('article', { name: 'Method MBPO' });
    await mbpo.getByRole('button', { name: 'MBPO', exact: true }).click();
    const epochs = mbpo
      .getByRole('group', { name: 'Epochs', exact: true })
      .first()
      .getByRole('textbox');
    await epochs.fill('3');

    const editor = page.getByRole('textbox', { name: 'Experiment file' });
    await editor.getByText('lambdaU').waitFor();
    expect(await editor.innerText()).toContain('gamma: [0.9, 0.95]');
    await page.getByText('9 runs ·').waitFor();
    expect(await violations(page)).toEqual([]);

    // The other way round: what is written in the file stands in the form.
    await editor.getByText('0.02').click();
    await page.keyboard.press('End');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('4 # more than published');
    await expect.poll(() => penalty.inputValue()).toBe('0.04');
    await page.getByRole('textbox', { name: 'Description' }).fill('How much caution helps');
    expect(await editor.innerText()).toContain('0.04 # more than published');

    await page.reload();
    await page.getByText('9 runs ·').waitFor();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.waitForURL('**/#/queue');
    await page.getByText('The queue is held.').waitFor();
    await page.getByText('0 running, 9 waiting').waitFor();
    const { file } = core.experiments.show('penalties');
    expect(file.methods).toEqual([
      { use: 'dorl', set: { lambdaU: 0.04, gamma: [0.9, 0.95] } },
      { use: 'mbpo', set: { epochs: 3 } },
    ]);
    expect(await violations(page)).toEqual([]);

    const before = core.queue.list().map(({ id }) => id);
    const third = page.getByRole('listitem').nth(2).getByRole('button', { name: /^Move/ });
    await third.press('Alt+Home');
    await expect.poll(() => core.queue.list()[0]?.id).toBe(before[2]);
    await expect
      .poll(() => page.locator('.handle:focus').getAttribute('aria-label'))
      .toContain('number 1');
    await page.getByRole('listitem').nth(1).getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('link', { name: '1 paused' }).waitFor();
    await page.getByRole('link', { name: 'Home' }).click();
    await page
      .getByRole('row', { name: /^penalties/ })
      .getByText('1 paused')
      .waitFor();
    await page.getByRole('link', { name: 'Queue', exact: true }).click();
    await page.getByRole('button', { name: 'Resume all' }).click();
    await core.runs.waitFor(before);
    await page.getByText('Nothing waits.').waitFor();
    expect(complaints).toEqual([]);
  });
});
