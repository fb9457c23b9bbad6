import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { protocolSchema } from '#contract/protocol.ts';
import { openStore, type Store } from '#store/store.ts';

const run = '0123456789abcdef';
const seriesCount = 20;
const batchPoints = 500;
const durationMs = 5_000;

function storeWithRun(folder: string): Store {
  const store = openStore({
    file: join(folder, 'offrec.sqlite'),
    backupsFolder: join(folder, 'backups'),
  });
  store.write.experiments.put({
    name: 'bench',
    datasets: ['a'],
    methods: ['m'],
    seeds: [0],
    protocol: 'nx0',
    compute: {},
    priority: 0,
  });
  store.write.runs.insert({
    id: run,
    experiment: 'bench',
    label: 'bench',
    spec: {
      dataset: 'a',
      datasetChecksum: 'a'.repeat(64),
      method: 'm',
      config: {},
      seed: 0,
      protocol: protocolSchema.parse({}),
      compute: { device: 'auto', threads: 1, xla: false },
    },
    specHash: 'b'.repeat(64),
    cellHash: 'c'.repeat(64),
    protocolHash: 'd'.repeat(64),
    priority: 0,
    parent: null,
    directions: {},
  });
  store.write.segments.begin(run, null, 0);
  return store;
}

/**
 * Metric points a second that the store takes: batches of 500 points over 20 series, each batch committed as it
 * is when a host waits for its acknowledgement, for five seconds.
 */
export function benchStoreIngest(): Promise<{
  name: string;
  unit: 'points/s';
  ours: number;
  peer: null;
  ratio: null;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-bench-'));
  const store = storeWithRun(folder);
  const names = Array.from({ length: seriesCount }, (_, series) => `metric-${String(series)}`);
  const series = Uint16Array.from({ length: batchPoints }, (_, row) => row % seriesCount);
  let points = 0;
  const begin = performance.now();
  for (let sequence = 0; performance.now() - begin < durationMs; sequence += 1) {
    const steps = Float64Array.from(series, (_, row) => Math.floor((points + row) / seriesCount));
    const values = steps.map((step) => Math.sin(step));
    const batch = { sequence, firstIndex: points, names, series, steps, values, timesMs: steps };
    points = store.write.series.append(run, 1, batch);
  }
  const seconds = (performance.now() - begin) / 1000;
  store.close();
  rmSync(folder, { recursive: true, force: true });
  const ours = points / seconds;
  return Promise.resolve({ name: 'store ingest', unit: 'points/s', ours, peer: null, ratio: null });
}
