import { existsSync } from 'node:fs';
import { datasetManifestSchema, type DatasetManifest } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import type { RunStatus } from '#contract/run.ts';
import { datasetFolder, removeDataset } from '#engine/data/catalogue.ts';
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
      hint: 'Choose another name, remove it first, or replace it.',
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

/** Datasets: folders with a manifest. Whatever reads or writes their content runs in a process of its own. */
export function createDatasets(context: CoreContext, jobs: Jobs): Datasets {
  const root = context.home.datasets;
  return {
    list: () => listDatasetManifests(root),
    show: (name) => readDatasetManifest(root, name),
    folder: (name) => datasetFolder(root, name),
    import: (request, options = {}) => importDataset(context, jobs, request, options),
    guessMapping: async (file, options = {}) =>
      (await jobs.run({ kind: 'guess-mapping', file }, options)) as Record<string, unknown>,
    async statistics(name, options = {}) {
      readDatasetManifest(root, name);
      const job = { kind: 'statistics', datasetFolder: datasetFolder(root, name) } as const;
      return (await jobs.run(job, options)) as Record<string, unknown>;
    },
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
