import type { Job } from '#contract/job.ts';
import { checkLog } from '#engine/data/check-log.ts';
import { importDataset, parseCheckOptions, parseFileOptions } from '#engine/data/import-dataset.ts';
import { guessMapping } from '#engine/data/import-log.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import type { ImportProgress } from '#engine/data/progress.ts';
import { datasetStatistics } from '#engine/data/statistics.ts';
import { verifyDataset } from '#engine/data/verify-dataset.ts';
import { prepareNative } from './prepare-native.ts';

export interface JobControl {
  readonly onProgress: (progress: ImportProgress) => void;
  readonly signal: AbortSignal;
}

/** Does one job; resolves with a result that can be cloned. What needs tensors is loaded when it is asked for. */
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
      return guessMapping(job.file, parseFileOptions(job.options));
    case 'check-log': {
      const options = { ...parseCheckOptions(job.options), file: job.file, ...control };
      return checkLog(options, job.scratch);
    }
    case 'verify-dataset':
      return verifyDataset(job.datasetFolder, control);
    case 'check-database':
      return (await import('#store/database-jobs.ts')).checkDatabase(job.file, control);
    case 'copy-database': {
      const { copyDatabase } = await import('#store/database-jobs.ts');
      return copyDatabase(job.file, job.folder, job.name, control);
    }
    case 'compact-database':
      return (await import('#store/database-jobs.ts')).compactDatabase(job.file, control);
    case 'statistics':
      return datasetStatistics(await openDataset(job.datasetFolder));
    case 'play':
      control.onProgress({ done: 0, total: 0, unit: 'policies', stage: 'opening the checkpoint' });
      return (await import('#engine/training/play-checkpoint.ts')).playCheckpoint(job);
    case 'reference': {
      const dataset = await openDataset(job.datasetFolder);
      const { scoreReferences } = await import('#engine/evaluation/reference.ts');
      const { episodes, seed } = job;
      return scoreReferences(dataset, job.protocol, { episodes, seed, ...control });
    }
  }
}
