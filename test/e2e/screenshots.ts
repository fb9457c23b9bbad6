/**
 * Takes the pictures in `resources/screenshots`: every view, light and dark, over runs that are really trained, small ones on
 * worlds that are made here. `--home FOLDER` keeps the data folder and uses it again.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import upng from 'upng-js';
import { projectFolder } from '#setup/locations.mjs';
import { BrowserDoor } from './support/browser-door.ts';
import { ComparePage } from './support/compare-page.ts';
import { fillHome } from './support/demonstration.ts';
import { ExperimentPage } from './support/experiment-page.ts';
import { goTo } from './support/pages.ts';
import { QueuePage } from './support/queue-page.ts';
import { RunPage } from './support/run-page.ts';
import { RunsPage } from './support/runs-page.ts';
import { TablesPage } from './support/tables-page.ts';

type Show = (page: Page, home: string) => Promise<void>;

async function showRun(page: Page, tab: string): Promise<void> {
  const runs = new RunsPage(page);
  await runs.open();
  await runs.filter('experiment:methods dataset:bookshop');
  await runs.openRun('DORL', 0);
  await new RunPage(page).tab(tab);
}

async function showComparison(page: Page, experiment: string, tab: string): Promise<void> {
  await goTo(page, 'Compare');
  await page.goto(new URL(`#/compare?experiments=${experiment}`, page.url()).href);
  await new ComparePage(page).tab(tab);
}

/** Starts runs that take a while, with the first of the pictures that show them. */
async function startLonger(page: Page, home: string): Promise<void> {
  const queue = new QueuePage(page);
  await queue.open();
  if (await queue.running().first().isVisible()) return;
  const experiment = new ExperimentPage(page);
  await experiment.open();
  await experiment.openFile(join(home, 'longer.yaml'));
  await experiment.summary().filter({ hasText: '6 runs' }).waitFor();
  await experiment.start();
  await queue
    .running()
    .getByText(/policy/)
    .first()
    .waitFor();
  await experiment.open();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await queue.open();
  await page.getByText(/of them new/).waitFor({ state: 'hidden' });
}

/** How each view is reached; the names are those of the files. The last ones look at runs that are under way. */
const views: Readonly<Record<string, Show>> = {
  run: async (page) => {
    await showRun(page, 'Charts');
    await new RunPage(page).pin('eval/rTra');
  },
  'run-diagnostics': (page) => showRun(page, 'Diagnostics'),
  compare: (page) => showComparison(page, 'methods', 'Curves'),
  'compare-results': (page) => showComparison(page, 'methods', 'Results'),
  'compare-parameters': (page) => showComparison(page, 'penalty', 'Parameters'),
  tables: async (page) => {
    const tables = new TablesPage(page);
    await tables.open();
    await tables.table().waitFor();
  },
  datasets: (page) => goTo(page, 'Datasets'),
  dataset: async (page) => {
    await goTo(page, 'Datasets');
    await page.getByRole('link', { name: 'bookshop', exact: true }).click();
    await page.getByRole('heading', { name: 'Interactions of each item and each user' }).waitFor();
  },
  import: async (page, home) => {
    await goTo(page, 'Datasets');
    await page.getByRole('button', { name: 'Import a dataset' }).click();
    await page
      .getByRole('group', { name: 'Log file' })
      .getByRole('textbox')
      .fill(join(home, 'clicks.csv'));
  },
  world: async (page) => {
    await goTo(page, 'Datasets');
    await page.getByRole('button', { name: 'Make a synthetic world' }).click();
    await page.getByText('biased', { exact: true }).click();
  },
  checkpoints: (page) => goTo(page, 'Checkpoints'),
  try: async (page) => {
    await goTo(page, 'Checkpoints');
    await page.getByRole('link', { name: 'Try' }).first().click();
    await page.getByRole('button', { name: 'Play the session' }).click();
    await page.getByRole('table').first().waitFor();
  },
  settings: (page) => goTo(page, 'Settings'),
  queue: startLonger,
  home: (page) => goTo(page, 'Home'),
  runs: async (page) => {
    await new RunsPage(page).open();
    await new RunsPage(page).filter('');
    await page.getByRole('grid', { name: 'Runs' }).focus();
  },
  health: async (page) => {
    await goTo(page, 'Health');
    await page.getByText('Looking over the installation').waitFor({ state: 'hidden' });
  },
  'new-experiment': async (page) => {
    const experiment = new ExperimentPage(page);
    await experiment.open();
    if (await page.getByRole('article', { name: 'Method MBPO' }).isVisible()) return;
    await experiment.chooseDataset('bookshop');
    await experiment.name('strong-penalty');
    await experiment.addMethod('DORL', {
      'Simulated reward': { 'Uncertainty penalty': '0.2' },
      Policy: { Epochs: '100' },
    });
    await experiment.addMethod('MBPO', {});
    await page.getByRole('textbox', { name: 'Name of the experiment' }).focus();
  },
};

/** Resolves when nothing on the page has changed for a moment: charts are drawn, numbers are read. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(`new Promise((resolve) => {
    const end = setTimeout(done, 4000);
    let rest = setTimeout(done, 700);
    const observer = new MutationObserver(() => { clearTimeout(rest); rest = setTimeout(done, 700); });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    function done() { observer.disconnect(); clearTimeout(end); clearTimeout(rest); resolve(); }
  })`);
}

/** Folders of the machine that takes the pictures become those of somebody's own. */
async function hidePaths(page: Page, home: string): Promise<void> {
  await page.evaluate(`{
    const own = (text) => text.replaceAll(${JSON.stringify(home)}, '~/offrec').replaceAll(${JSON.stringify(homedir())}, '~');
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) walker.currentNode.nodeValue = own(walker.currentNode.nodeValue);
    for (const input of document.querySelectorAll('input[type=text]')) input.value = own(input.value);
  }`);
}

/** The picture with 256 colours, which is a third of the size and looks the same. */
function withPalette(png: Buffer): Buffer {
  const { width, height, ...image } = upng.decode(new Uint8Array(png).buffer);
  const pixels = upng.toRGBA8({ width, height, ...image });
  return Buffer.from(upng.encode(pixels, width, height, 256));
}

const { values } = parseArgs({ options: { home: { type: 'string' } } });
const into = join(projectFolder, 'resources', 'screenshots');
mkdirSync(into, { recursive: true });
const door = new BrowserDoor(values.home);
try {
  if (!existsSync(join(door.home, 'longer.yaml'))) await fillHome(door.home);
  const page = await door.open();
  for (const [name, show] of Object.entries(views)) {
    await show(page, door.home);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await settled(page);
      await hidePaths(page, door.home);
      writeFileSync(join(into, `${name}-${colorScheme}.png`), withPalette(await page.screenshot()));
    }
  }
} finally {
  await door.dispose();
}
