import type { Page } from 'playwright-core';
import type { BenchEntry } from '../support/entry.ts';
import { repeated, timeBar, type Measuring } from './support/bar.ts';
import { firstPaintMs, measured, newPage, settledMs } from './support/browser.ts';
import { serveCore } from './support/served-core.ts';

const rows = '[role=rowgroup] [role=row]';
const firstRows = { selector: rows, count: 10 };
const paintBoundMs = 300;
const actBoundMs = 50;

async function coldLoad({ browser }: Measuring, url: string): Promise<number> {
  const page = await newPage(browser, firstRows);
  await page.goto(`${url}#/runs`, { waitUntil: 'commit' });
  const timeMs = await firstPaintMs(page);
  await page.context().close();
  return timeMs;
}

/** The page is open at Home, and the table of runs is asked for. */
async function openTable({ browser }: Measuring, url: string): Promise<number> {
  const page = await newPage(browser);
  await page.goto(`${url}#/health`);
  await page.getByRole('heading', { name: 'Health' }).waitFor();
  await page.waitForTimeout(1500);
  const timeMs = await measured(
    page,
    'click',
    () => page.getByRole('link', { name: 'Runs', exact: true }).click(),
    () => page.evaluate(([name]) => globalThis.probe.painted(name ?? '', 10), [rows]),
  );
  await page.context().close();
  return timeMs;
}

async function sort(page: Page, round: number): Promise<number> {
  const name = ['Experiment', 'Seed', 'Created', 'Label'][round % 4] ?? '';
  const head = page.getByRole('columnheader', { name }).getByRole('button').first();
  return settledMs(page, 'click', () => head.click());
}

async function filter(page: Page, round: number): Promise<number> {
  const words = ['yahoo', 'mopo', 'status:failed', 'coat'][round % 4] ?? '';
  const input = page.getByRole('combobox', { name: 'Filter' });
  return settledMs(page, 'input', () => input.fill(words));
}

async function group(page: Page, round: number): Promise<number> {
  const field = ['Experiment', 'Method', 'Dataset', 'Seed'][round % 4] ?? '';
  await page.getByRole('button', { name: 'Group by' }).click();
  const choice = page
    .getByRole('dialog', { name: 'Group by' })
    .getByRole('checkbox', { name: field, exact: true });
  const timeMs = await settledMs(page, 'click', () => choice.click());
  await choice.click();
  await page.keyboard.press('Escape');
  await page.waitForTimeout(500);
  return timeMs;
}

/** The table of 10,000 runs: how soon it is there, and how soon it follows. */
export async function runTable(measuring: Measuring): Promise<BenchEntry[]> {
  const { browser, rounds, runs } = measuring;
  const core = await serveCore(measuring.home, measuring.pageFolder);
  try {
    const opened = await repeated(rounds, () => openTable(measuring, core.url));
    const loaded = await repeated(rounds, () => coldLoad(measuring, core.url));
    const page = await newPage(browser);
    await page.goto(`${core.url}#/runs`);
    await page.getByText(`${String(runs.length)} of ${String(runs.length)} runs`).waitFor();
    await page.waitForTimeout(1000);
    const sorted = await repeated(rounds, (round) => sort(page, round));
    const filtered = await repeated(rounds, (round) => filter(page, round));
    await page.getByRole('combobox', { name: 'Filter' }).fill('');
    await page.waitForTimeout(500);
    const grouped = await repeated(rounds, (round) => group(page, round));
    await page.context().close();
    return [
      timeBar('runs: first paint, open page', opened, paintBoundMs),
      timeBar('runs: first paint, cold load', loaded, paintBoundMs, 'empty browser cache'),
      timeBar('runs: sort', sorted, actBoundMs),
      timeBar('runs: filter', filtered, actBoundMs),
      timeBar('runs: group', grouped, actBoundMs),
    ];
  } finally {
    await core.close();
  }
}
