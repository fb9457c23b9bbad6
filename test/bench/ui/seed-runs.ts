import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetManifest } from '#contract/dataset.ts';
import type { MetricBatch } from '#contract/host.ts';
import { protocolSchema } from '#contract/protocol.ts';
import type { RunSpec, RunStatus } from '#contract/run.ts';
import { hashOf } from '#core/hash.ts';
import { homeFolders } from '#core/home.ts';
import { dorlSchema } from '#engine/methods/dorl/config.ts';
import { openStore, type Store } from '#store/store.ts';

export interface SeedOptions {
  /** Data folder; made when it is not there. */
  readonly home: string;
  readonly runs: number;
  /** Points of each series of the first runs, such as 20 runs of 100,000; default: none. */
  readonly long?: { readonly runs: number; readonly points: number };
  /** How many names the first runs log besides, one number a run; default: none. */
  readonly metricNames?: readonly number[];
}

const methods = ['dorl', 'mbpo', 'mopo'] as const;
const titles = { dorl: 'DORL', mbpo: 'MBPO', mopo: 'MOPO' } as const;
const datasets = ['coat', 'yahoo', 'world'] as const;
const evaluated = ['rTra', 'rEach', 'length', 'coverage', 'mcd'] as const;
const learningRates = [1e-4, 3e-4, 1e-3];
const penalties = [0, 0.005, 0.01, 0.05, 0.1];

/** Numbers between 0 and 1 that are the same at every call. */
function stable(...parts: readonly number[]): number {
  let state = 2_166_136_261;
  for (const part of parts) state = Math.imul(state ^ (part + 1), 16_777_619);
  return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
}

const pick = <Item>(items: readonly Item[], at: number): Item => items[at % items.length] as Item;

const runIdOf = (run: number): string =>
  (run + 1).toString(16).padStart(4, '0') + hashOf(run).slice(0, 12);

function specOf(run: number): RunSpec {
  const learningRate = pick(learningRates, Math.floor(run / 45));
  const lambdaU = pick(penalties, Math.floor(run / 135));
  return {
    dataset: pick(datasets, Math.floor(run / 15)),
    datasetChecksum: 'a'.repeat(64),
    method: pick(methods, Math.floor(run / 5)),
    config: dorlSchema.parse({ learningRate, lambdaU }),
    seed: run % 5,
    protocol: protocolSchema.parse({}),
    compute: { device: 'auto', threads: 1, xla: false },
  };
}

/** One batch: final scores, and curves of evaluations. */
function resultsOf(run: number, firstIndex: number): MetricBatch {
  const quality = 20 + 5 * (Math.floor(run / 5) % 3) + 4 * stable(run, 7);
  const names = [
    ...evaluated.map((name) => `final/${name}`),
    ...evaluated.map((name) => `eval/${name}`),
  ];
  const scales = [1, 0.05, 1, 0.03, 0.01];
  const values = names.map((_, at) => quality * pick(scales, at) * (at < 5 ? 1 : 0.97));
  return batch(names, names.length, firstIndex, (at) => [at, 200, pick(values, at)]);
}

function batch(
  names: string[],
  count: number,
  firstIndex: number,
  point: (at: number) => readonly [series: number, step: number, value: number],
): MetricBatch {
  const points = Array.from({ length: count }, (_, at) => point(at));
  return {
    sequence: 0,
    firstIndex,
    names,
    series: Uint16Array.from(points, ([series]) => series),
    steps: Float64Array.from(points, ([, step]) => step),
    values: Float64Array.from(points, ([, , value]) => value),
    timesMs: Float64Array.from(points, (_, at) => (firstIndex + at) * 10),
  };
}

/** A long noisy curve that rises to its level. */
function appendLong(store: Store, run: number, points: number): number {
  for (let at = 0; at < points; at += 4000) {
    const count = Math.min(4000, points - at);
    const part = batch(['train/reward'], count, at, (row) => {
      const step = at + row;
      const value = 20 * (1 - Math.exp(-step / (points / 5))) + 4 * stable(run, step);
      return [0, step, value];
    });
    store.write.series.append(runIdOf(run), 1, part);
  }
  return points;
}

function appendNames(store: Store, run: number, names: number, firstIndex: number): number {
  const all = Array.from({ length: names }, (_, at) => `train/group${String(at % 20)}/m${at}`);
  let index = firstIndex;
  for (let at = 0; at < names; at += 100) {
    const some = all.slice(at, at + 100);
    const count = some.length * 40;
    const part = batch(some, count, index, (row) => [
      row % some.length,
      Math.floor(row / some.length),
      stable(at, row),
    ]);
    store.write.series.append(runIdOf(run), 1, part);
    index += count;
  }
  return index;
}

function statusOf(run: number): Exclude<RunStatus, 'queued' | 'running' | 'pausing'> {
  const lot = stable(run, 3);
  if (lot < 0.86) return 'done';
  return lot < 0.91 ? 'paused' : lot < 0.95 ? 'stopped' : lot < 0.98 ? 'failed' : 'interrupted';
}

function seedRun(store: Store, run: number, options: SeedOptions): void {
  const spec = specOf(run);
  const id = runIdOf(run);
  const { seed, ...cell } = spec;
  const { runs, segments, series } = store.write;
  runs.insert({
    id,
    experiment: `sweep-${String(Math.floor(run / 500) + 1)}`,
    label: `${titles[spec.method as keyof typeof titles]} (λ_U=${String(spec.config['lambdaU'])})`,
    spec,
    specHash: hashOf({ seed, ...cell }),
    cellHash: hashOf(cell),
    protocolHash: hashOf(spec.protocol),
    priority: 0,
    parent: null,
    directions: { rTra: 'max', rEach: 'max', length: 'max', mcd: 'min' },
  });
  segments.begin(id, null, 0);
  runs.setStatus(id, ['queued'], 'running', { started: true });
  const { long, metricNames = [] } = options;
  let index = 0;
  if (long !== undefined && run < long.runs) index = appendLong(store, run, long.points);
  index = appendNames(store, run, metricNames[run] ?? 0, index);
  series.append(id, 1, resultsOf(run, index));
  const status = statusOf(run);
  segments.end(id, 1, status, null);
  runs.setStatus(id, ['running'], status, { ended: true });
  if (stable(run, 11) < 0.1) runs.changeTags(id, [pick(['baseline', 'paper', 'check'], run)], []);
}

function addDataset(home: string, name: string): void {
  const manifest: DatasetManifest = {
    format: 1,
    name,
    kind: 'synthetic',
    createdAt: '2026-01-01T00:00:00.000Z',
    users: 290,
    items: 300,
    interactions: 6960,
    testInteractions: 4640,
    density: 0.08,
    reward: { min: 1, max: 5, mean: 3 },
    hasTime: false,
    hasPropensities: false,
    groundTruth: 'synthetic',
    userFeatures: [],
    itemFeatures: [],
    categoryFeature: null,
    source: {},
    licence: 'none',
    citation: null,
    warnings: [],
    files: {},
    checksum: 'a'.repeat(64),
  };
  const folder = join(home, 'datasets', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
}

/** Fills a data folder with runs that have ended: three methods, datasets and learning rates, five seeds. */
export function seedRuns(options: SeedOptions): readonly string[] {
  const folders = homeFolders(options.home);
  for (const name of datasets) addDataset(options.home, name);
  const store = openStore({ file: folders.database, backupsFolder: folders.backups });
  try {
    store.atomically('seed', () => {
      for (let at = 0; at < options.runs; at += 500) {
        store.write.experiments.put({
          name: `sweep-${String(at / 500 + 1)}`,
          datasets: [...datasets],
          methods: [...methods],
          seeds: [0, 1, 2, 3, 4],
          protocol: 'nx0',
          compute: {},
          priority: 0,
        });
      }
      for (let run = 0; run < options.runs; run += 1) seedRun(store, run, options);
    });
  } finally {
    store.close();
  }
  return Array.from({ length: options.runs }, (_, run) => runIdOf(run));
}
