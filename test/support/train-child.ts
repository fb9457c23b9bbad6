import { openDataset } from '../../src-main/engine/data/open-dataset.ts';
import { resolveProtocol } from '../../src-main/engine/evaluation/protocol.ts';
import { getMethod } from '../../src-main/engine/methods/registry.ts';
import { trainRun } from '../../src-main/engine/training/train-run.ts';
import type { TrainJob, TrainOutcome } from './train.ts';

async function run(job: TrainJob): Promise<TrainOutcome> {
  const { manifest } = await openDataset(job.datasetFolder);
  const method = await getMethod(job.method);
  const metrics: [string, number, number][] = [];
  const notes: string[] = [];
  let steps = 0;
  const { outcome, checkpoint } = await trainRun({
    spec: {
      dataset: manifest.name,
      datasetChecksum: manifest.checksum,
      method: job.method,
      config: method.schema.parse(job.config) as Record<string, unknown>,
      seed: job.seed,
      protocol: resolveProtocol(job.protocol),
      compute: { device: 'auto', threads: 1, xla: false },
    },
    datasetFolder: job.datasetFolder,
    runFolder: job.runFolder,
    cacheFolder: job.cacheFolder,
    resumeFrom: job.resumeFrom,
    checkpointEveryS: 3600,
    report: {
      ready() {},
      metric: (name, step, value) => metrics.push([name, step, value]),
      progress() {},
      checkpoint() {},
      log: (_level, message) => notes.push(message),
    },
    control: { request: () => (++steps === job.pauseAfterSteps ? 'pause' : 'none') },
    flushed: () => Promise.resolve(),
  });
  if (checkpoint === null) throw new Error('the run left no checkpoint');
  return { outcome, checkpoint, steps, metrics, notes };
}

process.once('message', (job) => {
  run(job as TrainJob)
    .then((outcome) => ({ outcome }))
    .catch((error: Error) => ({ error: error.stack ?? error.message }))
    .then((answer) => process.send!(answer, () => process.exit(0)))
    .catch(() => process.exit(1));
});
