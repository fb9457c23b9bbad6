import { describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { experiment } from '../runs/support/homes.ts';
import { canBrowse, openPage, pageFolder, violations } from '../support/browser.ts';
import { serveCore, type Served } from '../support/served.ts';

const methods = (['mbpo', 'mopo'] as const).map((use) => ({ use, set: { epochs: 30 } }));
const file = (seeds: number[], name = 'storm') => experiment({ name, methods, seeds });

/** Runs an experiment to its end. */
async function run({ core }: Served, seeds: number[], name?: string): Promise<void> {
  const { runs } = await core.experiments.create(file(seeds, name));
  await core.queue.serve();
  await core.runs.waitFor(runs.map(({ id }) => id));
}

/** Opens the page and goes to an address of it once it stands. */
async function openAt({ server }: Served, address: string): ReturnType<typeof openPage> {
  const opened = await openPage(server.url);
  await opened.page.locator('main h1').first().waitFor();
  await opened.page.goto(new URL(`/#${address}`, server.url).href);
  return opened;
}

/** The runs that each request for curves asked for, from now on. */
function curvesAsked(page: Page): string[][] {
  const asked: string[][] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const text = String(payload);
      if (text.includes('compare/curves')) {
        asked.push([...text.matchAll(/"run":"([0-9a-f]{16})"/g)].map(([, id]) => id ?? ''));
      }
    }),
  );
  return asked;
}

const groupNames = (page: Page) =>
  page.getByRole('list', { name: 'Groups that are compared' }).locator('.name').allTextContents();

// Needs Chromium and `npm run build:page`; shown as skipped where either is missing.
describe.skipIf(!canBrowse)('comparing in a browser', () => {
  it('begins with a choice, groups seeds, draws, tests and diffs them', async () => {
    const served = await serveCore(undefined, pageFolder);
    await run(served, [0, 1, 2]);
    const { page, complaints } = await openPage(served.server.url);
    await page.getByRole('link', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'Put runs side by side' }).waitFor();
    await page.getByRole('button', { name: 'storm' }).click();
    await page.getByText('2 groups, 6 runs').waitFor();
    expect(await groupNames(page)).toEqual(['MBPO', 'MOPO']);
    const panel = page.getByRole('article', { name: 'eval/rTra' });
    await panel.locator('canvas').waitFor();
    await panel.getByText('180 points').waitFor();
    expect(await violations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Show MOPO' }).click();
    await panel.getByText('90 points').waitFor();
    await page.getByRole('button', { name: 'Show MOPO' }).click();

    await page.getByRole('tab', { name: 'Results' }).click();
    const table = page.getByRole('region', { name: 'R_tra' });
    await table.getByRole('row', { name: /^MOPO/ }).waitFor();
    await table.getByRole('button', { name: 'baseline' }).click();
    await expect
      .poll(() => table.getByRole('row', { name: /^MOPO/ }).textContent())
      .toContain('baseline');
    expect(await violations(page)).toEqual([]);

    await page.getByRole('tab', { name: 'Configuration' }).click();
    const diff = page.getByRole('region', { name: 'Configuration by group' });
    await diff.getByRole('rowheader', { name: 'lambdaU' }).waitFor();
    expect(await diff.getByRole('rowheader', { name: 'maxLength' }).count()).toBe(0);
    await page.getByRole('switch', { name: 'Only differences' }).click();
    await diff.getByRole('rowheader', { name: 'maxLength' }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('takes in seeds that are added, and asks for nothing that has not changed', async () => {
    const served = await serveCore(undefined, pageFolder);
    await run(served, [0, 1]);
    const { page } = await openAt(served, '/compare?experiments=storm&metrics=eval/rTra');
    const asked = curvesAsked(page);
    // The page connects anew, so that its requests are seen from the first on.
    await page.reload();
    const panel = page.getByRole('article', { name: 'eval/rTra' });
    await panel.getByText('120 points').waitFor();
    const before = new Set(asked.splice(0).flat());
    expect(before.size).toBe(4);

    await run(served, [7], 'elsewhere');
    expect(asked).toEqual([]);

    const { runs } = await served.core.experiments.create(file([0, 1, 2]));
    await served.core.queue.serve();
    await served.core.runs.waitFor(runs.map(({ id }) => id));
    await page.getByText('2 groups, 6 runs').waitFor();
    await panel.getByText('180 points').waitFor();
    expect(asked.length).toBeGreaterThan(0);
    for (const ids of asked) expect(ids.filter((id) => before.has(id))).toEqual([]);
    await page.close();
  });

  it('queues the seeds that a comparison lacks', async () => {
    const served = await serveCore(undefined, pageFolder);
    await run(served, [0, 1, 2]);
    const { page } = await openAt(served, '/compare?experiments=storm&tab=results');
    const table = page.getByRole('region', { name: 'R_tra' });
    await table
      .getByRole('button', { name: /more|add seeds|enough/ })
      .first()
      .click();
    await page.getByRole('textbox', { name: 'Seeds to add' }).fill('2');
    await page.getByRole('textbox', { name: 'Seeds to add' }).press('Tab');
    await page.getByRole('button', { name: 'Queue 4 runs' }).click();
    await page.getByText('2 groups, 10 runs').waitFor();
    const seeds = served.core.runs.list({ experiment: 'storm' }).map(({ spec }) => spec.seed);
    expect(Math.max(...seeds)).toBe(4);
    await page.close();
  });
});
