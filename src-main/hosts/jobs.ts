import { OffrecError } from '#contract/errors.ts';
import type { Job } from '#contract/job.ts';
import { importCoat, type ImportCoatOptions } from '#engine/data/import-coat.ts';
import { guessMapping, importLog, type ImportLogOptions } from '#engine/data/import-log.ts';
import { openDataset } from '#engine/data/open-dataset.ts';
import type { ImportProgress } from '#engine/data/progress.ts';
import { datasetStatistics } from '#engine/data/statistics.ts';
import { makeSyntheticWorld, type SyntheticWorldOptions } from '#engine/data/synthetic-world.ts';
import { scoreReferences } from '#engine/evaluation/reference.ts';

export interface JobControl {
  readonly onProgress: (progress: ImportProgress) => void;
  readonly signal: AbortSignal;
}

type ImportJob = Extract<Job, { kind: 'import' }>;

function sourceOf(job: ImportJob): string {
  if (job.source !== null) return job.source;
  throw new OffrecError('usage', `The ${job.importer} importer needs something to read.`);
}

// The options are the caller's: each importer checks what it is given, whatever its type says here.
const importers: Readonly<
  Record<ImportJob['importer'], (job: ImportJob, control: JobControl) => Promise<unknown>>
> = {
  coat: (job, control) =>
    importCoat({
      ...(job.options as Partial<ImportCoatOptions>),
      ...control,
      folder: sourceOf(job),
      name: job.name,
      into: job.into,
    }),
  log: (job, control) =>
    importLog({
      ...(job.options as Partial<ImportLogOptions>),
      ...control,
      file: sourceOf(job),
      name: job.name,
      into: job.into,
    }),
  synthetic: (job, control) =>
    makeSyntheticWorld({
      ...(job.options as Partial<SyntheticWorldOptions>),
      ...control,
      name: job.name,
      into: job.into,
    }),
};

/** Does one job; resolves with a result that can be cloned. */
export async function doJob(job: Job, control: JobControl): Promise<unknown> {
  switch (job.kind) {
    case 'import':
      return importers[job.importer](job, control);
    case 'guess-mapping':
      return guessMapping(job.file);
    case 'statistics':
      return datasetStatistics(await openDataset(job.datasetFolder));
    case 'reference': {
      const dataset = await openDataset(job.datasetFolder);
      const { episodes, seed } = job;
      return scoreReferences(dataset, job.protocol, { episodes, seed, ...control });
    }
  }
}
