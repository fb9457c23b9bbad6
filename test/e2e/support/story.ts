import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { parse } from 'yaml';
import { formatNumber } from '#renderer/lib/format.ts';
import { chaptersOf } from './chapters.ts';
import { CheckpointsPage } from './checkpoints-page.ts';
import { coatSource, coatTitle, type CoatSource } from './coat-source.ts';
import { ComparePage } from './compare-page.ts';
import { DatasetsPage } from './datasets-page.ts';
import type { Door } from './door.ts';
import { ExperimentPage } from './experiment-page.ts';
import { hostOf } from './hosts.ts';
import { compileLatex, hasLatex, rowsOfLatex } from './latex.ts';
import { goTo } from './pages.ts';
import { QueuePage } from './queue-page.ts';
import { undisturbed } from './reference-runs.ts';
import { RunPage } from './run-page.ts';
import { RunsPage } from './runs-page.ts';
import { readSafetensorsHeader } from './safetensors.ts';
import { TablesPage } from './tables-page.ts';

const name = 'story';
const epochs = 100;
const methods = ['DORL', 'MBPO'] as const;
const seeds = [0, 1, 2] as const;
const small = {
  Policy: { Epochs: String(epochs), 'Steps per epoch': '4000' },
  'World model': { Epochs: '2', 'Ensemble size': '2' },
};
/** What the form is to write; `lambdaU` and `learningRate` are what the methods differ in on purpose. */
const expectedFile = {
  name,
  datasets: ['coat'],
  methods: [
    {
      use: 'dorl',
      set: { lambdaU: 0.02, epochs, stepsPerEpoch: 4000, worldModelEpochs: 2, ensembleSize: 2 },
    },
    {
      use: 'mbpo',
      set: {
        epochs,
        stepsPerEpoch: 4000,
        learningRate: 0.002,
        worldModelEpochs: 2,
        ensembleSize: 2,
      },
    },
  ],
  seeds: [...seeds],
  protocol: 'nx0',
};
const sixRuns = methods.flatMap((label) => seeds.map((seed) => ({ label, seed })));
/** Looks again until it holds; a slow machine gets its time. */
const soon = { timeout: 300_000, interval: 100 };

/** Tells the main story through one door. */
export function tellStory(newDoor: () => Door): void {
  let door: Door;
  const chapter = chaptersOf(() => door);
  const shown = new Map<string, Record<string, { last: string; points: string }>>();
  let coat: CoatSource;
  let fileText = '';
  let texTable = '';

  beforeAll(async () => {
    coat = await coatSource();
    door = newDoor();
    await door.open();
  });
  afterAll(async () => {
    await door.dispose();
    coat.dispose();
  });

  const openRun = async (label: string, seed: number): Promise<RunPage> => {
    const runs = new RunsPage(door.page);
    await runs.open();
    await runs.openRun(label, seed);
    return new RunPage(door.page);
  };

  chapter(`says on an empty data folder what to do, and imports ${coatTitle}`, async () => {
    await door.page.getByRole('heading', { name: 'Bring your data' }).waitFor();
    const datasets = new DatasetsPage(door.page);
    const told = await datasets.importCoat(door, coat);
    expect(told).toContain('6960 interactions of 290 users and 300 items, 4640 more held out');
    expect(await datasets.names()).toEqual(['coat']);
  });

  chapter('configures DORL and MBPO on three seeds in the form, the file beside it', async () => {
    const experiment = new ExperimentPage(door.page);
    await experiment.open();
    await experiment.name(name);
    await experiment.chooseDataset('coat');
    await expect.poll(() => experiment.fileText(), soon).toContain('datasets: [coat]');
    await experiment.addMethod('DORL', {
      'Simulated reward': { 'Uncertainty penalty': '0.02' },
      ...small,
    });
    await experiment.addMethod('MBPO', {
      Policy: { ...small.Policy, 'Learning rate': '0.002' },
      'World model': small['World model'],
    });
    await experiment.seeds('0-2');
    await expect.poll(async () => parse(await experiment.fileText()), soon).toEqual(expectedFile);
    await experiment.summary().filter({ hasText: '6 runs' }).waitFor();
    const saved = await door.saved(() => experiment.save());
    fileText = saved.bytes.toString('utf8');
    expect(saved.name).toBe('story.yaml');
    expect(parse(fileText)).toEqual(expectedFile);
    await experiment.start();
  });

  chapter('shows the runs live: the queue, the table, progress and growing curves', async () => {
    const queue = new QueuePage(door.page);
    await queue.running().first().waitFor();
    await queue.waiting().first().waitFor();
    const run = await openRun('DORL', 0);
    const chart = await run.chart('eval/rTra');
    const points = async (): Promise<number> =>
      Number(/(\d+) points/.exec(await chart.innerText())?.[1] ?? 0);
    await expect.poll(points, soon).toBeGreaterThan(1);
    const before = await points();
    await expect.poll(points, soon).toBeGreaterThan(before);
    expect(await run.percent()).toBeGreaterThan(0);
  });

  chapter('pauses a run and resumes it', async () => {
    const run = await openRun('DORL', 0);
    await run.pause();
    const runs = new RunsPage(door.page);
    await runs.open();
    await runs.line('DORL', 0).getByRole('gridcell', { name: 'paused' }).waitFor();
    await runs.openRun('DORL', 0);
    await run.resume();
    await run.status('paused').waitFor({ state: 'detached' });
  });

  chapter('shows a run whose process was killed as interrupted, with the reason', async () => {
    const queue = new QueuePage(door.page);
    await queue.open();
    await queue.openNewest();
    const run = new RunPage(door.page);
    const id = run.id();
    await run.writeCheckpoint();
    const pid = await hostOf(door.home, id);
    process.kill(pid ?? 0, 'SIGKILL');
    await run.status('interrupted').waitFor();
    await run
      .reason()
      .filter({ hasText: /was killed|SIGKILL/ })
      .waitFor();
    await run.resume();
    await run.status('interrupted').waitFor({ state: 'detached' });
  });

  chapter('goes on by itself after the core was killed', async () => {
    const queue = new QueuePage(door.page);
    await queue.open();
    await queue.running().first().waitFor();
    await door.killCore();
    // Whatever ran is interrupted when its orphaned process has written its last checkpoint.
    await queue.failures().waitFor({ timeout: soon.timeout });
    const runs = new RunsPage(door.page);
    await expect
      .poll(async () => {
        await queue.retryAll();
        await runs.open();
        const open = await runs.withStatus('interrupted').count();
        await queue.open();
        return open;
      }, soon)
      .toBe(0);
  });

  chapter('finishes every run, and nothing of them is lost', async () => {
    const runs = new RunsPage(door.page);
    await runs.open();
    await expect.poll(() => runs.withStatus('done').count(), soon).toBe(sixRuns.length);
    const expected = await undisturbed(coat, fileText);
    for (const { label, seed } of sixRuns) {
      const run = await openRun(label, seed);
      const results = await run.results();
      shown.set(`${label} ${seed}`, results);
      const isOwn = (metric: string): boolean => !metric.startsWith('system/');
      const told = Object.entries(results).filter(([metric]) => isOwn(metric));
      const wanted = (expected.get(`${label} ${seed}`)?.metrics ?? [])
        .filter(({ metric }) => isOwn(metric))
        .map(({ metric, last, count }) => [
          metric,
          { last: formatNumber(last), points: formatNumber(count) },
        ]);
      expect(Object.fromEntries(told), `${label}, seed ${seed}`).toEqual(
        Object.fromEntries(wanted),
      );
      expect(results['eval/rTra']?.points).toBe(String(epochs));
    }
  });

  chapter('compares both methods: changed fields, curves with bands, tests', async () => {
    const runs = new RunsPage(door.page);
    await runs.open();
    await runs.compareAll();
    const compare = new ComparePage(door.page);
    await expect.poll(() => compare.groups().count(), soon).toBe(2);
    expect(await compare.differences()).toEqual({
      method: ['dorl', 'mbpo'],
      lambdaU: ['0.02', '0'],
      lambdaE: ['1', '0'],
      learningRate: ['0.001', '0.002'],
    });
    const curves = await compare.curves('eval/rTra');
    await curves.getByText(`${sixRuns.length * epochs} points`).waitFor();
    const [head = [], first = [], second = []] = await compare.results('R_tra');
    const row = (cells: string[]): Record<string, string> =>
      Object.fromEntries(head.map((title, index) => [title, cells[index] ?? '']));
    expect([first[0], second[0]].sort()).toEqual(['DORL', 'MBPO']);
    const tested = first.includes('baseline') ? row(second) : row(first);
    expect(tested['n']).toBe('3');
    for (const title of ['p Welch', 'p M–W', 'P(better)']) {
      const value = Number(tested[title]?.replace(/^[<≈] ?/, ''));
      expect(value, title).toBeGreaterThanOrEqual(0);
      expect(value, title).toBeLessThanOrEqual(1);
    }
  });

  chapter('exports the table as LaTeX exactly as it is shown', async () => {
    const tables = new TablesPage(door.page);
    await tables.open();
    await tables.table().getByRole('rowheader', { name: 'MBPO' }).waitFor();
    const cells = await tables.cells();
    const saved = await tables.save(door, 'LaTeX');
    texTable = saved.bytes.toString('utf8');
    expect(saved.name).toBe('story.tex');
    const own = cells.filter(([first]) => methods.some((method) => method === first));
    expect(own.length).toBe(2);
    const printed = rowsOfLatex(texTable);
    const isResult = (row: string[]): boolean => row.length > 1 && /\d/.test(row[1] ?? '');
    expect(printed.filter(isResult)).toEqual(cells.filter(isResult));
    if (hasLatex) compileLatex(texTable);
  });

  chapter('exports a checkpoint that other tools read', async () => {
    const checkpoints = new CheckpointsPage(door.page);
    await checkpoints.open();
    await checkpoints.export({ label: 'DORL', seed: 2 }, door.home, 'exported');
    const folder = join(door.home, 'exported');
    const tensors = Object.values(readSafetensorsHeader(join(folder, 'weights.safetensors')));
    expect(tensors.length).toBeGreaterThan(4);
    for (const { dtype, shape, data_offsets } of tensors) {
      const values = shape.reduce((product, size) => product * size, 1);
      const bytes = dtype === 'F32' || dtype === 'I32' ? 4 : 8;
      expect(data_offsets[1] - data_offsets[0]).toBe(values * bytes);
    }
    const config = JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')) as object;
    expect(config).toMatchObject({ lambdaU: 0.02, epochs });
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('# DORL on coat, seed 2');
  });

  chapter('has everything still when it is closed and opened again', async () => {
    await door.close();
    await door.open();
    const runs = new RunsPage(door.page);
    await runs.open();
    await expect.poll(() => runs.withStatus('done').count(), soon).toBe(sixRuns.length);
    const run = await openRun('MBPO', 0);
    expect(await run.results()).toEqual(shown.get('MBPO 0'));
    const tables = new TablesPage(door.page);
    await tables.open();
    await tables.table().getByRole('rowheader', { name: 'MBPO' }).waitFor();
    expect((await tables.save(door, 'LaTeX')).bytes.toString('utf8')).toBe(texTable);
    await goTo(door.page, 'Datasets');
    expect(await new DatasetsPage(door.page).names()).toEqual(['coat']);
    expect(existsSync(join(door.home, 'exported', 'manifest.json'))).toBe(true);
    expect(door.complaints).toEqual([]);
  });
}
