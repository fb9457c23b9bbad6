import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { datasetManifestSchema, type DatasetManifest } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import { checkedLogSchema, inspectedLogSchema } from '#contract/log-file.ts';
import { verifiedDatasetSchema } from '#contract/routes/datasets.ts';
import type { RunStatus } from '#contract/run.ts';
import { datasetFolder, removeDataset } from '#engine/data/catalogue.ts';
import { parseSyntheticOptions, syntheticPresets } from '#engine/data/synthetic-options.ts';
import { previewWorld } from '#engine/data/synthetic-preview.ts';
import { protocolHash } from '#engine/evaluation/protocol.ts';
import type {
  Datasets,
  ImportRequest,
  JobOptions,
  ReferenceOptions,
  ReferenceScore,
} from './api.ts';
import type { CoreContext } from './context.ts';
import { listDatasetManifests, readDatasetManifest } from './dataset-manifests.ts';
import type { Jobs } from './jobs.ts';
import { protocolOf } from './plan.ts';

/** Runs in these statuses will read their dataset again. */
const needing: readonly RunStatus[] = ['queued', 'running', 'pausing', 'paused', 'interrupted'];

function refuseNeeded(context: CoreContext, name: string): void {
  const runs = context.store.read.runs.list({ dataset: name, statuses: needing });
  if (runs.length === 0) return;
  throw new OffrecError('busy', `${String(runs.length)} unfinished runs need dataset ${name}.`, {
    where: runs[0]?.record.id ?? name,
    hint: 'Let them end or stop them, or force it.',
  });
}

async function importDataset(
  context: CoreContext,
  jobs: Jobs,
  request: ImportRequest,
  options: JobOptions,
): Promise<DatasetManifest> {
  const { write } = context.store;
  const folder = datasetFolder(context.home.datasets, request.name);
  if (existsSync(folder) && request.replace !== true) {
    throw new OffrecError('already-exists', `There is a dataset ${request.name} already.`, {
      where: folder,
      hint: 'Choose another name, delete it first, or replace it.',
    });
  }
  const { kind, name, source = null, replace = false } = request;
  if (replace) refuseNeeded(context, name);
  const into = context.home.datasets;
  const given = { ...request.options };
  const result = await jobs.run(
    { kind: 'import', importer: kind, name, into, source, replace, options: given },
    options,
  );
  write.revisions.touch('datasets');
  await forgetUpload(context, source);
  return datasetManifestSchema.parse(result);
}

async function scoreReferences(
  context: CoreContext,
  jobs: Jobs,
  manifest: DatasetManifest,
  protocol: ReturnType<typeof protocolOf>,
  options: ReferenceOptions,
): Promise<ReferenceScore[]> {
  const { keepsakes } = context.store.read;
  const key = {
    datasetChecksum: manifest.checksum,
    protocolHash: protocolHash(protocol),
    episodes: options.episodes ?? Math.max(1, protocol.finalEpisodes),
    seed: options.seed ?? 0,
  };
  const known = keepsakes.scores<ReferenceScore[]>(key);
  if (known !== null) return known;
  const folder = datasetFolder(context.home.datasets, manifest.name);
  const { episodes, seed } = key;
  const job = { kind: 'reference', datasetFolder: folder, protocol, episodes, seed } as const;
  const scores = (await jobs.run(job, options)) as ReferenceScore[];
  context.store.write.keepsakes.putScores(key, scores);
  return scores;
}

/** Looking at files before they are imported. */
function logReaders(
  { home }: CoreContext,
  jobs: Jobs,
): Pick<Datasets, 'guessMapping' | 'checkLog'> {
  return {
    async guessMapping(file, given, options = {}) {
      const result = await jobs.run({ kind: 'guess-mapping', file, options: given }, options);
      return inspectedLogSchema.parse(result);
    },
    async checkLog(file, given, options = {}) {
      const scratch = await mkdtemp(join(home.cache, 'check-'));
      try {
        const job = { kind: 'check-log', file, options: given, scratch } as const;
        return checkedLogSchema.parse(await jobs.run(job, options));
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  };
}

/** A file that a browser has sent has served its purpose: it goes with the folder that was made for it. */
async function forgetUpload({ home }: CoreContext, source: string | null): Promise<void> {
  if (source === null || dirname(dirname(resolve(source))) !== home.uploads) return;
  await rm(dirname(resolve(source)), { recursive: true, force: true });
}

const keptStatistics = 64;

/** Statistics by the checksum of what they describe: they are made once, however often a page is opened. */
function statisticsReader({ home }: CoreContext, jobs: Jobs): Datasets['statistics'] {
  const known = new Map<string, Record<string, unknown>>();
  return async (name, options = {}) => {
    const { checksum } = readDatasetManifest(home.datasets, name);
    const found = known.get(checksum);
    if (found !== undefined) return found;
    const job = { kind: 'statistics', datasetFolder: datasetFolder(home.datasets, name) } as const;
    const made = (await jobs.run(job, options)) as Record<string, unknown>;
    const [oldest] = known.keys();
    if (known.size >= keptStatistics && oldest !== undefined) known.delete(oldest);
    known.set(checksum, made);
    return made;
  };
}

/** Datasets: folders with a manifest. Whatever reads or writes their content runs in a process of its own. */
export function createDatasets(context: CoreContext, jobs: Jobs): Datasets {
  const root = context.home.datasets;
  return {
    list: () => listDatasetManifests(root),
    show: (name) => readDatasetManifest(root, name),
    folder: (name) => datasetFolder(root, name),
    import: (request, options = {}) => importDataset(context, jobs, request, options),
    ...logReaders(context, jobs),
    keptScores: (name) =>
      context.store.read.keepsakes.scoresOf<ReferenceScore[]>(
        readDatasetManifest(root, name).checksum,
      ),
    worlds: () =>
      Object.entries(syntheticPresets).map(([name, preset]) => ({
        name,
        settings: parseSyntheticOptions(preset),
      })),
    previewWorld: (settings) => previewWorld(parseSyntheticOptions(settings)),
    async verify(name, options = {}) {
      const folder = datasetFolder(root, readDatasetManifest(root, name).name);
      const result = await jobs.run({ kind: 'verify-dataset', datasetFolder: folder }, options);
      return verifiedDatasetSchema.parse(result);
    },
    statistics: statisticsReader(context, jobs),
    async remove(name, { force = false } = {}) {
      if (!force) refuseNeeded(context, name);
      await removeDataset(root, name);
      context.store.write.revisions.touch('datasets');
    },
    reference: async (name, protocol, options = {}) =>
      scoreReferences(
        context,
        jobs,
        readDatasetManifest(root, name),
        protocolOf(protocol),
        options,
      ),
  };
}
