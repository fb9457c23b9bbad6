import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '#setup/locations.mjs';
import type { Datasets, Experiments, JobOptions, Queue } from './api.ts';

/** The experiment file of the demo. */
const demoFile = join(projectFolder, 'resources', 'examples', 'demo.yaml');
const demoWorld = { kind: 'synthetic', name: 'demo', options: { preset: 'demo' } } as const;

interface DemoParts {
  readonly datasets: Datasets;
  readonly experiments: Experiments;
  readonly queue: Queue;
}

/** Makes the demo's world unless it is there and queues its experiment; with `start` somebody starts the runs. */
export async function queueDemo(
  { datasets, experiments, queue }: DemoParts,
  { start, ...options }: JobOptions & { start: boolean },
): Promise<{ name: string }> {
  if (!datasets.list().datasets.some(({ name }) => name === demoWorld.name)) {
    await datasets.import(demoWorld, options);
  }
  // The reader of YAML is loaded by the first file, not by every start.
  const { parseExperimentFile } = await import('./experiment-file/experiment-file.ts');
  const { file } = parseExperimentFile(await readFile(demoFile, 'utf8'), demoFile);
  const { name } = await experiments.create(file);
  if (start) await queue.serve();
  return { name };
}
