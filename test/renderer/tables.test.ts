import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Download, type Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { defaultRecipe } from '#contract/table-recipe.ts';
import type { Core } from '#core/core.ts';
import { renderLatex } from '#report/latex.ts';
import { tableOf } from '#report/recipe.ts';
import { chartSvg, printableText } from '#renderer/lib/chart-export.ts';
import { seriesChart } from '#renderer/charts/series-chart.ts';
import { experiment } from '../runs/support/homes.ts';
import { serveCore } from '../support/served.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const builtPage = join(import.meta.dirname, '..', '..', 'out', 'renderer');
const pageFolder = process.env['OFFREC_TEST_PAGE'] ?? builtPage;
const isBuilt = existsSync(join(pageFolder, 'index.html'));

let browser: Browser | null = null;
afterAll(() => browser?.close());

async function open(url: string): Promise<Page> {
  browser ??= await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage();
  await page.goto(url);
  await page.getByRole('navigation').first().waitFor();
  return page;
}

/** Two methods, three seeds, done. */
async function finishedRuns(core: Core): Promise<string[]> {
  const methods = [
    { use: 'mbpo', set: { epochs: 6 } },
    { use: 'dorl', label: 'DORL_λ', set: { epochs: 6 } },
  ];
  const { runs } = await core.experiments.create(experiment({ methods, seeds: [0, 1, 2] }));
  await core.queue.serve();
  const ids = runs.map(({ id }) => id);
  await core.runs.waitFor(ids);
  return ids;
}

async function contentOf(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}

const paper = { widthMm: 85, heightMm: 55 };

describe('a chart on paper', () => {
  it('is an SVG as wide and high as asked for, in vectors', () => {
    const curve = {
      name: 'a',
      colour: '#4477aa',
      steps: [1, 2, 3],
      means: [1, 3, 2],
      mins: [0, 2, 1],
      maxs: [2, 4, 3],
    };
    const look = { smoothing: 0, logX: false, logY: false, isDark: false };
    const svg = chartSvg(seriesChart([curve], look), paper);
    expect(svg).toMatch(/^<svg width="85mm" height="55mm"[^>]* viewBox="0 0 321\.2\d* 207\.8\d*"/);
    expect(svg).toContain('#4477aa');
    expect(svg).not.toContain('<image');
  });

  it('names letters that a font does not have', () => {
    const latin = (character: string): boolean => /[\u0020-\u00ff]/.test(character);
    expect(printableText('DORL λ=0.05 ± 2 é Ω 中', latin)).toBe('DORL lambda=0.05 ± 2 é Omega ?');
  });
});

/** What a reader of the PDF could select and copy. */
async function textOfPdf(bytes: Buffer): Promise<string> {
  const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0 });
  const document = await task.promise;
  const { items } = await (await document.getPage(1)).getTextContent();
  await task.destroy();
  return items.map((item) => ('str' in item ? item.str : '')).join('\n');
}

// Needs Chromium and `npm run build:page`; shown as skipped where either is missing.
describe.skipIf(executablePath === undefined || !isBuilt)('the page in a browser', () => {
  it('makes the table that the terminal makes, opens its runs, and saves what it shows', async () => {
    const { core, server } = await serveCore(undefined, pageFolder);
    await finishedRuns(core);
    const page = await open(`${server.url}#/tables`);
    await page.evaluate("location.hash = '#/tables'");
    const cells = page.locator('tbody td button');
    await cells.first().waitFor();

    const infos = (await core.methods.list()).flatMap(({ metrics }) => metrics);
    const data = { entries: await core.tables.data('storm'), published: [], metrics: infos };
    const table = tableOf(data, { ...defaultRecipe, experiments: ['storm'] });
    expect(await cells.allInnerTexts()).toEqual(
      table.cells.flat().flatMap((cell) => (cell === null ? [] : [cell.shown])),
    );
    const latex = renderLatex(table, { label: 'storm' });
    expect(await page.locator('pre').textContent()).toBe(latex);

    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as' }).click();
    await page.getByText('LaTeX', { exact: true }).last().click();
    expect((await contentOf(await saved)).toString()).toBe(latex);
    const workbook = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save as' }).click();
    await page.getByText('Excel', { exact: true }).click();
    expect((await contentOf(await workbook)).subarray(0, 2).toString()).toBe('PK');

    await cells.first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('link').nth(2).waitFor();
    await dialog.getByRole('link').first().click();
    await page.waitForURL('**/#/runs/*');
    await page.close();
  });

  it('keeps a table under a name and makes it again after a reload', async () => {
    const { core, server } = await serveCore(undefined, pageFolder);
    await finishedRuns(core);
    const page = await open(server.url);
    await page.evaluate("location.hash = '#/tables'");
    await page.locator('tbody td button').first().waitFor();
    // Methods into the columns, and only one of them.
    await page.getByRole('button', { name: 'Dataset', exact: true }).click();
    await page.getByRole('checkbox', { name: 'MBPO' }).uncheck();
    await page.getByRole('button', { name: 'Save this table' }).click();
    await page.getByRole('textbox', { name: 'Name of the table' }).fill('Only DORL');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Delete this table' }).waitFor();
    const kept = await page.locator('pre').textContent();
    expect(kept).toContain('DORL');
    expect(kept).not.toContain('MBPO');
    expect(kept).toMatch(/\{llr+\}/);
    await page.reload();
    await page.locator('tbody td button').first().waitFor();
    expect(await page.locator('pre').textContent()).toBe(kept);
    await page.close();
    // Another browser on the same data folder has it too.
    const other = await open(server.url);
    await other.evaluate("location.hash = '#/tables'");
    await other.getByLabel('Saved tables').click();
    await other.getByText('Only DORL').click();
    await other.getByRole('button', { name: 'Delete this table' }).waitFor();
    expect(await other.locator('pre').textContent()).toBe(kept);
    await other.getByRole('button', { name: 'Delete this table' }).click();
    await expect.poll(() => core.saved.list().tables).toEqual([]);
    await other.close();
  });

  it('moves what an older version kept in the browser, once', async () => {
    const { core, server } = await serveCore(undefined, pageFolder);
    const recipe = { ...defaultRecipe, metrics: ['rTra'] };
    const there = { name: 'Mine', recipe: { ...recipe, second: false } };
    core.saved.put('tables', there);
    const view = {
      columns: ['label'],
      groupBy: [],
      sort: { key: 'created', descending: true },
      query: 'coat',
      widths: {},
    };
    const kept = {
      'offrec.tableRecipes': [
        { name: 'Mine', recipe },
        { name: 'Broken', recipe: 1 },
      ],
      'offrec.runViews': [{ name: 'Coat', view }],
    };
    const page = await open(server.url);
    for (const [key, value] of Object.entries(kept)) {
      await page.evaluate(
        ([name, text]) => localStorage.setItem(String(name), String(text)),
        [key, JSON.stringify(value)],
      );
    }
    await page.evaluate("location.hash = '#/tables'");
    await expect.poll(() => core.saved.list().runViews).toEqual([{ name: 'Coat', view }]);
    expect(core.saved.list().tables).toEqual([there, { name: 'Mine (from a browser)', recipe }]);
    await page.waitForFunction("localStorage.getItem('offrec.runViews') === null");
    expect(await page.evaluate("localStorage.getItem('offrec.tableRecipes')")).toBeNull();
    await page.close();
  });

  it('exports a chart as PNG and PDF in paper size', async () => {
    const { core, server } = await serveCore(undefined, pageFolder);
    const [run] = await finishedRuns(core);
    const page = await open(server.url);
    await page.evaluate(`location.hash = '#/runs/${String(run)}'`);
    const files = new Map<string, Buffer>();
    for (const format of ['SVG', 'PNG', 'PDF']) {
      const saved = page.waitForEvent('download');
      await page
        .getByRole('button', { name: /^Export the chart/ })
        .first()
        .click();
      await page.getByText(format, { exact: true }).hover();
      const size = page.getByText('One column, 85 × 55 mm');
      await size.click();
      files.set(format, await contentOf(await saved));
      await size.waitFor({ state: 'detached' });
    }
    expect(files.get('SVG')?.toString()).toContain('width="85mm" height="55mm"');
    const png = files.get('PNG') ?? Buffer.alloc(0);
    // 85 x 55 mm at 300 dots an inch.
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1004, 650]);
    expect(png.subarray(37, 41).toString()).toBe('pHYs');
    expect(png.readUInt32BE(41)).toBe(11_811);
    const pdf = (files.get('PDF') ?? Buffer.alloc(0)).toString('latin1');
    const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? [];
    expect(Number(width)).toBeCloseTo((85 / 25.4) * 72, 0);
    expect(Number(height)).toBeCloseTo((55 / 25.4) * 72, 0);
    expect(pdf).toContain('/FontFile2');
    await page.close();
  });

  it('writes Greek letters and signs into a PDF as text', async () => {
    const { core, server } = await serveCore(undefined, pageFolder);
    const set = { epochs: 5 };
    const { runs } = await core.experiments.create(
      experiment({
        name: 'greek',
        methods: [
          { use: 'mbpo', label: 'α=0.5, β→1', set },
          { use: 'dorl', label: 'λ−σ ≤ 2 ± μ 中', set },
        ],
      }),
    );
    await core.queue.serve();
    await core.runs.waitFor(runs.map(({ id }) => id));
    const page = await open(server.url);
    const ids = runs.map(({ id }) => id).join(',');
    await page.evaluate(`location.hash = '#/compare?runs=${ids}'`);
    const saved = page.waitForEvent('download');
    await page
      .getByRole('button', { name: /^Export the chart/ })
      .first()
      .click();
    await page.getByText('PDF', { exact: true }).hover();
    await page.getByText('One column, 85 × 55 mm').click();
    const bytes = await contentOf(await saved);
    const text = await textOfPdf(bytes);
    expect(text).toContain('α=0.5, β→1');
    expect(text).toContain('λ−σ ≤ 2 ± μ ?');
    await page.close();
  });
});
