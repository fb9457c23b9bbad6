import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { canBrowse, openPage, pageFolder, violations } from '../support/browser.ts';
import { experiment } from '../runs/support/homes.ts';
import { serveCore } from '../support/served.ts';

// Needs Chromium and `npm run build:page`; shown as skipped where either is missing.
describe.skipIf(!canBrowse)('the pages of runs in a browser', () => {
  it('completes a filter, tags with undo, notes, stars, archives, and keeps the filter in the address', async () => {
    const { core, server } = await serveCore(undefined, pageFolder);
    const { runs } = await core.experiments.create(experiment({ seeds: [0, 1, 2, 3] }));
    const [first] = runs;
    core.runs.tag(first?.id ?? '', { add: ['paper'] });
    const { page, complaints } = await openPage(`${server.url}#/runs`);
    const grid = page.getByRole('grid', { name: 'Runs' });
    await grid.getByRole('link').nth(3).waitFor();

    // Fields, operators and values come while typing; Tab takes the first.
    const filter = page.getByRole('combobox', { name: 'Filter', exact: true });
    await filter.pressSequentially('ta');
    await page.getByRole('option', { name: /^tags:/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.getByRole('option', { name: /paper 1 run$/ }).waitFor();
    await page.keyboard.press('Tab');
    await page.getByText('1 of 4 runs').waitFor();
    await page.waitForURL(/q=tags/);
    await filter.fill('seed<many');
    await page.getByRole('alert').getByText('many is not a number.').waitFor();
    await filter.fill('');
    await page.keyboard.press('Escape');

    // Two runs from the first one by keys; a tag for both, and back.
    await grid.focus();
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByText('2 runs selected').waitFor();
    const selection = page.getByRole('group', { name: 'Selected runs' });
    await selection.getByRole('button', { name: 'Tags' }).click();
    await page.getByRole('textbox', { name: 'Add a tag' }).fill('baseline');
    await page.keyboard.press('Enter');
    await page.getByText('Tag baseline added to 2 runs.').waitFor();
    await grid.getByText('baseline').nth(1).waitFor();
    const tagged = core.runs.list({ tag: 'baseline' }).map(({ id }) => id);
    expect(tagged).toHaveLength(2);
    await page.getByRole('button', { name: 'Undo' }).click();
    await grid.getByText('baseline').first().waitFor({ state: 'detached' });
    expect(core.runs.list({ tag: 'baseline' })).toEqual([]);

    // Archived runs leave the table, and come back with the filter that names them.
    await page.getByRole('button', { name: 'Archive', exact: true }).click();
    await page.getByText('2 of 4 runs').waitFor();
    expect(tagged.map((id) => core.runs.show(id).archived)).toEqual([true, true]);
    await filter.fill('archived:yes');
    await page.getByText('2 of 4 runs').waitFor();
    await filter.fill('');

    // Columns and groups are chosen from lists that search, by keys alone; views keep them under a name.
    await page.getByRole('button', { name: 'Columns' }).press('Enter');
    await page.getByRole('textbox', { name: 'Find a column' }).fill('lambdaU');
    await page.getByRole('checkbox', { name: 'lambdaU setting' }).press('Space');
    await grid.getByRole('columnheader', { name: 'lambdaU' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Choose the usual ones' }).click();
    await grid.getByRole('columnheader', { name: 'lambdaU' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Find a column' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Group by' }).click();
    await page.getByRole('checkbox', { name: 'Dataset', exact: true }).click();
    await page.getByRole('button', { name: 'Group by Dataset' }).waitFor();
    expect(await grid.locator('[role=row][aria-expanded=false]').count()).toBe(1);
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('textbox', { name: 'Name of the view' }).fill('by dataset');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Group by' }).click();
    await page.getByRole('button', { name: 'Choose none' }).click();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('button', { name: 'by dataset', exact: true }).click();
    await grid.locator('[role=row][aria-expanded=false]').waitFor();
    await page.getByRole('button', { name: 'Group by' }).click();
    await page.getByRole('button', { name: 'Choose none' }).click();
    await page.keyboard.press('Escape');
    await grid.getByRole('link').nth(1).waitFor();

    await grid.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('s');
    await grid.getByRole('button', { name: /^Favourite/, pressed: true }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('opens a run whose page is slow to come, whatever was just typed into the filter', async () => {
    const { core, server } = await serveCore(undefined, pageFolder);
    await core.experiments.create(experiment({ seeds: [0] }));
    const { page, complaints } = await openPage('about:blank');
    await page.route(/RunView-.*\.js$/, async (request) => {
      await delay(1500);
      await request.continue();
    });
    await page.goto(`${server.url}#/runs`);
    const link = page.getByRole('grid', { name: 'Runs' }).getByRole('link');
    await page.getByRole('combobox', { name: 'Filter', exact: true }).fill('seed=0');
    await link.click();
    await page.getByRole('tab', { name: 'Results' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows a run with its curves, configuration, checkpoints and log', async () => {
    const { core, server } = await serveCore(undefined, pageFolder);
    const { runs } = await core.experiments.create(experiment({ seeds: [0] }));
    await core.queue.serve();
    await core.runs.waitFor(runs.map(({ id }) => id));
    const id = runs[0]?.id ?? '';
    const { page, complaints } = await openPage(`${server.url}#/runs/${id}`);
    await page.locator('canvas').first().waitFor();
    await page.getByRole('button', { name: /eval/ }).first().waitFor();
    await page.getByPlaceholder('Find a metric').fill('w3');
    await page.getByText('1 of 7 curves').waitFor();
    await page.getByText('Time', { exact: true }).click();
    await page.getByRole('button', { name: 'Pin train/w3' }).click();
    await page.getByRole('button', { name: /pinned 1/ }).waitFor();
    expect(await violations(page)).toEqual([]);

    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.getByText('default: 200').waitFor();
    await page.getByRole('tab', { name: 'Checkpoints' }).click();
    await page.getByRole('button', { name: 'Verify' }).first().click();
    await page.getByText('intact').waitFor();
    await page.getByRole('button', { name: 'Add a note' }).click();
    await page.getByLabel(/^Note of/).fill('promising');
    await page.keyboard.press('Enter');
    await page.getByText('Note saved.').waitFor();
    expect(core.runs.show(id).note).toBe('promising');
    await page.getByRole('button', { name: 'Fork' }).first().click();
    await page.getByRole('heading', { name: /^Fork / }).waitFor();
    await page.getByLabel('Label').fill('my fork');
    await page.getByRole('dialog').getByRole('button', { name: 'Fork', exact: true }).click();
    await page.getByRole('heading', { name: 'my fork' }).waitFor();
    await page.getByText('forked from').waitFor();
    expect(complaints).toEqual([]);
  });
});
