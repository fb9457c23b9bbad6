import { join } from 'node:path';
import type { CategoricalFeature, DatasetManifest } from '#contract/dataset.ts';
import { Database } from './database.ts';
import type { Dataset, FeatureColumn, Interactions } from './dataset.ts';
import { buildFolder } from './files.ts';
import { datasetFiles, manifestFile, sealDataset, type ManifestDraft } from './manifest.ts';
import { writeMatrix } from './matrices.ts';
import { throwIfAborted, type ImportControl, type ImportTarget } from './progress.ts';
import { writeFeatures, writeInteractions } from './tables.ts';

/** A dataset in memory, not yet stored. */
export type DatasetContent = Omit<Dataset, 'manifest'>;

/** What a manifest says beyond the content itself. */
export type DatasetDescription = Pick<
  ManifestDraft,
  'kind' | 'groundTruth' | 'categoryFeature' | 'source' | 'licence' | 'citation' | 'warnings'
>;

/** Least, greatest and mean reward of the training rows. */
function rewardRange(rewards: Float32Array): DatasetManifest['reward'] {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  for (const reward of rewards) {
    min = Math.min(min, reward);
    max = Math.max(max, reward);
    sum += reward;
  }
  return rewards.length === 0
    ? { min: 0, max: 0, mean: 0 }
    : { min, max, mean: sum / rewards.length };
}

/** A feature as the manifest names it. */
export function describeFeature(feature: FeatureColumn): CategoricalFeature {
  const { name, size, labels } = feature;
  return { name, size, ...(labels === undefined ? {} : { labels }) };
}

/** Stores content that is already in memory as `into/<name>`, complete or not at all. */
export async function writeDataset(
  target: ImportTarget,
  content: DatasetContent,
  description: DatasetDescription,
  control: ImportControl = {},
): Promise<DatasetManifest> {
  const { users, items, train, test } = content;
  const replaces = target.replace === true ? manifestFile : null;
  const build = async (folder: string): Promise<DatasetManifest> => {
    control.onProgress?.({ done: 0, total: 1, unit: 'dataset', stage: 'write' });
    await writeTables(folder, content, control.signal);
    throwIfAborted(control.signal);
    if (content.groundTruth !== null) {
      const path = join(folder, datasetFiles.groundTruth);
      writeMatrix(path, content.groundTruth.rewardsUI, users, items);
    }
    if (content.propensitiesUI !== null) {
      writeMatrix(join(folder, datasetFiles.propensities), content.propensitiesUI, users, items);
    }
    throwIfAborted(control.signal);
    const manifest = await sealDataset(folder, {
      ...description,
      name: target.name,
      users,
      items,
      interactions: train.users.length,
      testInteractions: test?.users.length ?? 0,
      density: train.users.length / (users * items),
      reward: rewardRange(train.rewards),
      hasTime: train.times !== null,
      hasPropensities: train.propensities !== null,
      userFeatures: content.userFeatures.map(describeFeature),
      itemFeatures: content.itemFeatures.map(describeFeature),
    });
    control.onProgress?.({ done: 1, total: 1, unit: 'dataset', stage: 'write' });
    return manifest;
  };
  return buildFolder(target.into, target.name, build, replaces);
}

async function writeTables(
  folder: string,
  content: DatasetContent,
  signal: AbortSignal | undefined,
): Promise<void> {
  const database = await Database.open(folder, signal);
  const writeLog = (file: string, log: Interactions): Promise<void> =>
    writeInteractions(database, folder, file, log);
  try {
    await writeLog(datasetFiles.train, content.train);
    if (content.test !== null) await writeLog(datasetFiles.test, content.test);
    const { userFeatures, itemFeatures, users, items } = content;
    if (userFeatures.length > 0) {
      await writeFeatures(database, folder, datasetFiles.userFeatures, userFeatures, users);
    }
    if (itemFeatures.length > 0) {
      await writeFeatures(database, folder, datasetFiles.itemFeatures, itemFeatures, items);
    }
  } finally {
    database.close();
  }
}
