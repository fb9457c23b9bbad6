import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { Workplace } from '../terminal/workplace.ts';
import { BrowserDoor, whyNoBrowser } from './support/browser-door.ts';
import { Cable } from './support/cable.ts';
import { keepEvidence } from './support/chapters.ts';
import { ExperimentPage } from './support/experiment-page.ts';
import { goTo } from './support/pages.ts';
import { RunPage } from './support/run-page.ts';
import { RunsPage } from './support/runs-page.ts';

const soon = { timeout: 300_000, interval: 100 };
// Enough that a run is still under way when a page has been opened and its charts drawn.
const epochs = 240;

// Two runs, MBPO and DORL_1, on a world of 40 users and 30 items.
describe.skipIf(whyNoBrowser !== null)(`several browsers (${whyNoBrowser ?? 'real'})`, () => {
  let place: Workplace;
  let door: BrowserDoor;
  let pages: Page[];

  beforeEach(async (context) => {
    place = new Workplace();
    await place.prepare();
    door = new BrowserDoor(place.home);
    pages = [await door.open()];
    context.onTestFailed(() => keepEvidence(pages, door, context.task.name));
  });
  afterEach(async () => {
    await door.dispose();
    place.dispose();
  });

  async function startFromFile(page: Page): Promise<void> {
    const experiment = new ExperimentPage(page);
    await experiment.open();
    await experiment.openFile(place.experimentFile('together', epochs, '[0]'));
    await experiment.summary().filter({ hasText: '2 runs' }).waitFor();
    await experiment.start();
  }

  it('stay consistent: runs, pauses, notes and tags of one appear in the other', async () => {
    const [here] = pages as [Page];
    const there = await door.otherBrowser();
    pages.push(there);
    const [runsHere, runsThere] = [new RunsPage(here), new RunsPage(there)];
    await runsThere.open();
    await startFromFile(here);
    await runsThere.line('MBPO', 0).waitFor();

    await runsHere.open();
    await runsHere.openRun('DORL_1', 0);
    const run = new RunPage(here);
    await run.status('running').waitFor();
    await run.pause();
    await runsThere.line('DORL_1', 0).getByRole('gridcell', { name: 'paused' }).waitFor();

    await runsThere.openRun('DORL_1', 0);
    await new RunPage(there).note('seen from afar');
    await here.getByRole('main').getByText('seen from afar').waitFor();
    await run.tag('keep');
    await there.getByRole('main').getByText('keep', { exact: true }).waitFor();

    await new RunPage(there).resume();
    await run.status('done').waitFor({ timeout: soon.timeout });
    await runsHere.open();
    await expect.poll(() => runsHere.withStatus('done').count(), soon).toBe(2);
    expect(door.complaints).toEqual([]);
  });

  it('lose nothing when the network goes away for a while', async () => {
    const [steady] = pages as [Page];
    const cable = await Cable.to(door.port);
    try {
      const shaky = await door.otherBrowser(cable.port);
      pages.push(shaky);
      await startFromFile(steady);
      const runs = new RunsPage(shaky);
      await runs.open();
      await runs.openRun('MBPO', 0);
      const run = new RunPage(shaky);
      await run.chart('eval/rTra');
      // Held, so that it ends while this page cannot see it, on a machine of any speed.
      await run.pause();

      cable.cut();
      await shaky.getByText('Offrec is called again by itself.').waitFor();
      const runsSteady = new RunsPage(steady);
      await runsSteady.open();
      await runsSteady.openRun('MBPO', 0);
      await new RunPage(steady).resume();
      await runsSteady.open();
      await expect.poll(() => runsSteady.withStatus('done').count(), soon).toBe(2);
      await run.status('paused').waitFor();

      cable.mend();
      await run.status('done').waitFor();
      await shaky.getByText('Offrec is called again by itself.').waitFor({ state: 'detached' });
      await (await run.chart('eval/rTra')).getByText(`${epochs} points`).waitFor();
      const points = (await run.results())['eval/rTra']?.points;
      expect(points).toBe(String(epochs));
      await goTo(shaky, 'Queue');
      expect(door.complaints).toEqual([]);
    } finally {
      await cable.remove();
    }
  });
});
