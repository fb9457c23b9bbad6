import type { Job } from '#contract/job.ts';
import { importDataset } from '#engine/data/import-dataset.ts';
import { guessMapping } from '#engine/data/import-log.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import type { ImportProgress } from '#engine/data/progress.ts';
import { datasetStatistics } from '#engine/data/statistics.ts';
import { scoreReferences } from '#engine/evaluation/reference.ts';
import { playCheckpoint } from '#engine/training/play-checkpoint.ts';
import { prepareNative } from './prepare-native.ts';

export interface JobControl {
  readonly onProgress: (progress: ImportProgress) => void;
  readonly signal: AbortSignal;
}

/** Does one job; resolves with a result that can be cloned. */
export async function doJob(job: Job, control: JobControl): Promise<unknown> {
  switch (job.kind) {
    case 'import':
      return importDataset(
        {
          kind: job.importer,
          name: job.name,
          into: job.into,
          replace: job.replace,
          options: job.options,
          ...(job.source === null ? {} : { source: job.source }),
        },
        control,
      );
    case 'prepare':
      return prepareNative(job.cuda, control);
    case 'guess-mapping':
      return guessMapping(job.file);
    case 'statistics':
      return datasetStatistics(await openDataset(job.datasetFolder));
    case 'play':
      control.onProgress({ done: 0, total: 0, unit: 'policies', stage: 'opening the checkpoint' });
      return playCheckpoint(job);
    case 'reference': {
      const dataset = await openDataset(job.datasetFolder);
      const { episodes, seed } = job;
      return scoreReferences(dataset, job.protocol, { episodes, seed, ...control });
    }
  }
}
