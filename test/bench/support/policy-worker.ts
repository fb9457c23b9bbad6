import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDataset } from '#engine/data/open-dataset.ts';
import { resolveProtocol } from '#engine/evaluation/protocol.ts';
import { getMethod } from '#engine/methods/registry.ts';
import { trainRun } from '#engine/training/train-run.ts';

/** What the worker is asked to do, as its only argument, in JSON. */
export interface PolicyJob {
  readonly folder: string;
  readonly dataset: string;
  readonly threads: number;
  readonly epochs: number;
}

/** What it answers: seconds of the world model, and simulated steps a second of each policy epoch. */
export interface PolicyTimes {
  readonly worldModelS: number;
  readonly stepsPerS: readonly number[];
}

async function measure(job: PolicyJob): Promise<PolicyTimes> {
  const datasetFolder = join(job.folder, job.dataset);
  const runFolder = join(job.folder, `run-${process.pid}`);
  mkdirSync(runFolder);
  const { manifest } = await openDataset(datasetFolder);
  const method = await getMethod('dorl');
  const config = method.schema.parse({ epochs: job.epochs }) as Record<string, number>;
  const epochEnds: number[] = [];
  let started = 0;
  let worldModelEnd = 0;
  await trainRun({
    spec: {
      dataset: manifest.name,
      datasetChecksum: manifest.checksum,
      method: 'dorl',
      config,
      seed: 0,
      protocol: resolveProtocol({ preset: 'nx0', finalEpisodes: 0 }),
      compute: { device: 'native-cpu', threads: job.threads, xla: false },
    },
    datasetFolder,
    runFolder,
    cacheFolder: join(runFolder, 'cache'),
    resumeFrom: null,
    checkpointEveryS: 3600,
    report: {
      ready: () => (started = performance.now()),
      metric(name) {
        if (name === 'world-model/bias') worldModelEnd = performance.now();
        if (name === 'eval/rTra') epochEnds.push(performance.now());
      },
      progress() {},
      checkpoint() {},
      log() {},
    },
    control: { request: () => 'none' },
    flushed: () => Promise.resolve(),
  });
  // The first epoch also records the steps; what follows is the steady state.
  const steps = Math.ceil(config['stepsPerEpoch']! / 3000) * 3000;
  const stepsPerS = epochEnds
    .slice(1)
    .map((end, epoch) => (steps * 1000) / (end - epochEnds[epoch]!));
  return { worldModelS: (worldModelEnd - started) / 1000, stepsPerS };
}

process.stdout.write(
  `${JSON.stringify(await measure(JSON.parse(process.argv[2]!) as PolicyJob))}\n`,
);
process.exit(0);
