import type { Page } from 'playwright-core';
import type { BenchEntry } from '../support/entry.ts';
import { repeated, timeBar, type Measuring } from './support/bar.ts';
import { measured, newPage, settledMs } from './support/browser.ts';
import { comparedRuns } from './support/seeded-home.ts';
import { serveCore } from './support/served-core.ts';

const openBoundMs = 400;
const zoomBoundMs = 150;
const metric = 'train/reward';

/** One curve a run, from the page at Home that was looked at for a moment. */
async function open(page: Page, address: string): Promise<number> {
  return measured(
    page,
    'hashchange',
    () => page.evaluate((to) => (location.hash = to), address),
    () => page.evaluate((count) => globalThis.probe.drawn(count), comparedRuns),
  );
}

/** 20 series of 100,000 points: how soon their curves are drawn, and drawn finer. */
export async function comparison(measuring: Measuring): Promise<BenchEntry[]> {
  const { browser, rounds, runs } = measuring;
  const core = await serveCore(measuring.home, measuring.pageFolder);
  const named = runs.slice(0, comparedRuns).join(',');
  const address = `#/compare?runs=${named}&exact=1&by=id&metrics=${metric}`;
  try {
    const zoomed: number[] = [];
    const opened = await repeated(rounds, async () => {
      const page = await newPage(browser);
      await page.goto(`${core.url}#/runs`);
      await page.getByText(`${String(runs.length)} of ${String(runs.length)} runs`).waitFor();
      await page.waitForTimeout(1000);
      const timeMs = await open(page, address);
      await page.waitForTimeout(1500);
      const chart = page.getByRole('group', { name: metric });
      await chart.focus();
      for (let times = 0; times < 4; times += 1) {
        zoomed.push(await settledMs(page, 'keydown', () => page.keyboard.press('+')));
      }
      await page.context().close();
      return timeMs;
    });
    return [
      timeBar('compare: open 20 × 100,000 points', opened, openBoundMs, 'first visit of the view'),
      timeBar('compare: zoom', zoomed, zoomBoundMs, 'to the last of finer points'),
    ];
  } finally {
    await core.close();
  }
}
