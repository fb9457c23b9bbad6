import type { Page } from 'playwright-core';
import { median, type BenchEntry } from '../support/entry.ts';
import { figure, percentile95, repeated, type Measuring } from './support/bar.ts';
import { measured, newPage } from './support/browser.ts';
import { manyMetricsRun, fewMetricsRun } from './support/seeded-home.ts';
import { serveCore } from './support/served-core.ts';

const ratioBound = 1.5;
const curves = 4;

async function openRun(page: Page, run: string): Promise<number> {
  return measured(
    page,
    'hashchange',
    () => page.evaluate((to) => (location.hash = to), `#/runs/${run}`),
    () => page.evaluate((count) => globalThis.probe.drawn(count), curves),
  );
}

/** The frames while the page is scrolled from top to bottom. */
async function scrollFrames(page: Page): Promise<number> {
  const frames = page.evaluate(() => globalThis.probe.frames(3000));
  await page.mouse.move(700, 600);
  for (let step = 0; step < 20; step += 1) {
    await page.mouse.wheel(0, 240);
    await page.waitForTimeout(100);
  }
  return percentile95(await frames);
}

async function look(measuring: Measuring, url: string, run: string) {
  const scrolled: number[] = [];
  let charts = 0;
  const opened = await repeated(measuring.rounds, async () => {
    const page = await newPage(measuring.browser);
    await page.goto(`${url}#/health`);
    await page.waitForTimeout(1500);
    const timeMs = await openRun(page, run);
    await page.waitForTimeout(1000);
    charts = await page.locator('canvas').count();
    scrolled.push(await scrollFrames(page));
    await page.context().close();
    return timeMs;
  });
  return { openedMs: median(opened), scrolledMs: median(scrolled), charts };
}

/** The page of a run with 1,000 metrics beside one with 20. */
export async function manyMetrics(measuring: Measuring): Promise<BenchEntry[]> {
  const { runs } = measuring;
  const core = await serveCore(measuring.home, measuring.pageFolder);
  try {
    const few = await look(measuring, core.url, runs[fewMetricsRun] ?? '');
    const many = await look(measuring, core.url, runs[manyMetricsRun] ?? '');
    const bar = { of: 'ours', bound: ratioBound } as const;
    const told = (a: number, b: number): string => `${a.toFixed(0)} ms with 20, ${b.toFixed(0)} ms`;
    return [
      figure('1,000 metrics: open', 'x', many.openedMs / few.openedMs, {
        bar,
        note: told(few.openedMs, many.openedMs),
      }),
      figure('1,000 metrics: frames', 'x', many.scrolledMs / few.scrolledMs, {
        bar,
        note: told(few.scrolledMs, many.scrolledMs),
      }),
      figure('1,000 metrics: charts', 'x', many.charts / few.charts, {
        bar,
        note: `${String(many.charts)} charts mounted`,
      }),
    ];
  } finally {
    await core.close();
  }
}
