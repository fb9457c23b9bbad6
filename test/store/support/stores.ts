import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { MetricBatch } from '#contract/host.ts';
import type { RunSpec } from '#contract/run.ts';
import { protocolSchema } from '#contract/protocol.ts';
import type { NewRun } from '#store/runs-write.ts';
import { openStore, type Store, type StoreOptions } from '#store/store.ts';

const folders: string[] = [];
const stores: Store[] = [];

afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-test-'));
  folders.push(folder);
  return folder;
}

/** Opens the store of a folder; it is closed after the test if the test has not done so. */
export function storeIn(folder: string, options: Partial<StoreOptions> = {}): Store {
  const store = openStore({
    file: join(folder, 'offrec.sqlite'),
    backupsFolder: join(folder, 'backups'),
    ...options,
  });
  stores.push(store);
  return store;
}

export const exampleSpec: RunSpec = {
  dataset: 'coat',
  datasetChecksum: 'a'.repeat(64),
  method: 'dorl',
  config: { epochs: 3, lambdaU: 0.05 },
  seed: 7,
  protocol: protocolSchema.parse({}),
  compute: { device: 'auto', threads: 1, xla: false },
};

export function exampleRun(id: string, change: Partial<NewRun> = {}): NewRun {
  return {
    id,
    experiment: 'first',
    label: 'DORL',
    spec: exampleSpec,
    specHash: 'b'.repeat(64),
    cellHash: 'c'.repeat(64),
    protocolHash: 'd'.repeat(64),
    priority: 0,
    parent: null,
    directions: { rTra: 'max', loss: 'min' },
    ...change,
  };
}

export const runId = '0123456789abcdef';

/** A store with one experiment, one run and its first segment open. */
export function storeWithRun(folder = temporaryFolder()): Store {
  const store = storeIn(folder);
  store.write.experiments.put({
    name: 'first',
    datasets: ['coat'],
    methods: ['dorl'],
    seeds: [7],
    protocol: 'nx0',
    compute: {},
    priority: 0,
  });
  store.write.runs.insert(exampleRun(runId));
  store.write.segments.begin(runId, null, 0);
  return store;
}

export type Point = readonly [metric: string, step: number, value: number];

/** Times default to a millisecond a point of the run. */
export function batchOf(
  points: readonly Point[],
  firstIndex: number,
  timesMs: ArrayLike<number> = points.map((_, row) => firstIndex + row),
): MetricBatch {
  const names = [...new Set(points.map(([metric]) => metric))];
  return {
    sequence: 0,
    firstIndex,
    names,
    series: Uint16Array.from(points, ([metric]) => names.indexOf(metric)),
    steps: Float64Array.from(points, ([, step]) => step),
    values: Float64Array.from(points, ([, , value]) => value),
    timesMs: Float64Array.from(timesMs),
  };
}
