import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { datasetManifestSchema, type DatasetManifest } from '#contract/dataset.ts';
import { OffrecError, toWireError } from '#contract/errors.ts';
import { nameSchema } from '#contract/names.ts';
import { datasetFolder } from '#engine/data/catalogue.ts';

const manifestFile = 'manifest.json';

/**
 * The manifest of a dataset, for lists and plans. Files and checksums are checked when a run opens the dataset.
 * Throws `not-found` or `corrupt-file`.
 */
export function readDatasetManifest(root: string, name: string): DatasetManifest {
  const file = join(datasetFolder(root, name), manifestFile);
  if (!existsSync(file)) {
    throw new OffrecError('not-found', `There is no dataset ${name}.`, {
      where: name,
      hint: 'offrec datasets list shows the datasets, offrec datasets import makes one.',
    });
  }
  try {
    return datasetManifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new OffrecError('corrupt-file', `The manifest of dataset ${name} is damaged.`, {
      where: file,
      hint: 'Import the dataset again.',
      cause: error,
    });
  }
}

export interface DatasetList {
  readonly datasets: DatasetManifest[];
  readonly broken: { name: string; message: string }[];
}

/** All datasets by name; what is being imported has no proper name yet and is passed over. */
export function listDatasetManifests(root: string): DatasetList {
  const list: DatasetList = { datasets: [], broken: [] };
  if (!existsSync(root)) return list;
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && nameSchema.safeParse(entry.name).success)
    .map((entry) => entry.name)
    .sort();
  for (const name of folders) {
    if (!existsSync(join(root, name, manifestFile))) continue;
    try {
      list.datasets.push(readDatasetManifest(root, name));
    } catch (error) {
      list.broken.push({ name, message: toWireError(error).message });
    }
  }
  return list;
}
