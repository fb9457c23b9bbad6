import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectFolder } from '#setup/locations.mjs';
import type { Datasets, Experiments, JobOptions, Queue } from './api.ts';
import { parseExperimentFile } from './experiment-file/experiment-file.ts';

/** The experiment file of the demo. */
export const demoFile = join(projectFolder, 'resources', 'examples', 'demo.yaml');
export const demoWorld = { kind: 'synthetic', name: 'demo', options: { preset: 'demo' } } as const;

interface DemoParts {
  readonly datasets: Datasets;
  readonly experiments: Experiments;
  readonly queue: Queue;
}

/** Makes the demo's world unless it is there, queues its experiment and sees to it that somebody starts the runs. */
export async function startDemo(
  { datasets, experiments, queue }: DemoParts,
  options: JobOptions,
): Promise<{ name: string }> {
  if (!datasets.list().datasets.some(({ name }) => name === demoWorld.name)) {
    await datasets.import(demoWorld, options);
  }
  const { file } = parseExperimentFile(await readFile(demoFile, 'utf8'), demoFile);
  const { name } = await experiments.create(file);
  await queue.serve();
  return { name };
}
