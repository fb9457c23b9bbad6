import type { Page } from 'playwright-core';
import { type BenchEntry } from '../support/entry.ts';
import { figure, percentile95, type Measuring } from './support/bar.ts';
import { heapBytes, newPage } from './support/browser.ts';
import { loadEnvironment, pointsOf } from './support/load.ts';
import { seedRuns } from './seed-runs.ts';
import { serveCore } from './support/served-core.ts';

const loggingRuns = 10;
const frameBoundMs = 20;
const settleMs = 8000;
const seedCount = 50;
/** A heap is never twice the same to the byte. */
const growthBound = 1.05;

interface Watched {
  readonly name: string;
  readonly address: string;
}

const frames = (page: Page, seconds: number): Promise<number[]> =>
  page.evaluate((durationMs) => globalThis.probe.frames(durationMs), seconds * 1000);

async function watch(page: Page, { name, address }: Watched, seconds: number) {
  await page.evaluate((to) => (location.hash = to), address);
  await page.waitForTimeout(settleMs);
  const before = await heapBytes(page);
  const intervals = await frames(page, seconds);
  const growth = (await heapBytes(page)) / before;
  const slow = intervals.filter((interval) => interval > frameBoundMs).length;
  return [
    figure(`live: frames of ${name}`, 'ms', percentile95(intervals), {
      bar: { of: 'ours', bound: frameBoundMs },
      note: `95th percentile; ${String(slow)} of ${String(intervals.length)} slower, longest ${Math.max(...intervals).toFixed(0)} ms`,
    }),
    figure(`live: heap of ${name}`, 'x', growth, {
      bar: { of: 'ours', bound: growthBound },
      note: `after / before, ${(before / 1e6).toFixed(1)} MB before`,
    }),
  ];
}

/** The frames of a page that does nothing: no view can be better than this. */
async function floor({ browser }: Measuring, name: string): Promise<BenchEntry> {
  const page = await newPage(browser);
  await page.goto('about:blank');
  const intervals = await frames(page, 5);
  await page.context().close();
  return figure(`live: frames of an empty page, ${name}`, 'ms', percentile95(intervals));
}

/** Ten runs that log 2,000 points a second each, looked at in three views for as long. */
export async function live(measuring: Measuring): Promise<BenchEntry[]> {
  const { browser, liveSeconds, progress } = measuring;
  const home = measuring.newHome();
  seedRuns({ home, runs: seedCount });
  const quiet = await floor(measuring, 'machine at rest');
  // Three views, the time to settle in each, and what starting costs.
  const seconds = 3 * (liveSeconds + settleMs / 1000 + 5) + 15;
  const core = await serveCore(home, measuring.pageFolder, loadEnvironment(seconds));
  try {
    const started = await core.startRuns(loggingRuns);
    const page = await newPage(browser);
    await page.goto(`${core.url}#/`);
    await page.waitForTimeout(4000);
    const entries = [quiet, await floor(measuring, 'under the load')];
    const views: Watched[] = [
      { name: 'Runs', address: '#/runs' },
      { name: 'Run', address: `#/runs/${String(started[0])}` },
      {
        name: 'Compare',
        address: `#/compare?runs=${started.join(',')}&by=seed&metrics=load/m0,load/m1`,
      },
    ];
    for (const view of views) {
      progress(`live: ${view.name}`);
      entries.push(...(await watch(page, view, liveSeconds)));
    }
    const sent = loggingRuns * pointsOf(seconds);
    const stored = await core.storedPoints();
    await page.context().close();
    const lost = figure('live: points lost', 'points', sent - stored, {
      bar: { of: 'ours', bound: 0 },
      note: `${sent.toLocaleString('en')} sent, ${stored.toLocaleString('en')} stored`,
    });
    return [...entries, lost];
  } finally {
    await core.close();
  }
}
