import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CategoricalFeature, DatasetManifest } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import { Database } from './database.ts';
import type { Dataset, FeatureColumn, GroundTruth, Interactions } from './dataset.ts';
import { hashFile } from './files.ts';
import { datasetFiles, readManifest } from './manifest.ts';
import { readMatrix } from './matrices.ts';
import { readFeatures, readInteractions, type LogShape } from './tables.ts';

export interface OpenOptions {
  /** Compare the SHA-256 of every file with the manifest first. Sizes and values are checked always. */
  readonly verify?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a stored dataset into typed arrays, checking every value against the manifest.
 *
 * @throws OffrecError `not-found`, `version-mismatch`, `corrupt-file`, `checksum-mismatch`, `cancelled`.
 */
export async function openDataset(folder: string, options: OpenOptions = {}): Promise<Dataset> {
  const manifest = await readManifest(folder);
  await checkFiles(folder, manifest, options);
  const database = await Database.open(null, options.signal);
  try {
    return await new DatasetReader(folder, manifest, database).read();
  } finally {
    database.close();
  }
}

async function checkFiles(
  folder: string,
  manifest: DatasetManifest,
  options: OpenOptions,
): Promise<void> {
  for (const [name, recorded] of Object.entries(manifest.files)) {
    const path = join(folder, name);
    const found = await stat(path).catch((error: unknown) => {
      throw new OffrecError('corrupt-file', `The dataset lacks its file ${name}.`, {
        where: path,
        hint: 'Remove the dataset and import it again.',
        cause: error,
      });
    });
    const same =
      found.size === recorded.bytes &&
      (options.verify !== true ||
        (await hashFile(path, options.signal)).sha256 === recorded.sha256);
    if (!same) {
      throw new OffrecError('checksum-mismatch', `The file ${name} has changed since the import.`, {
        where: path,
        hint: 'Remove the dataset and import it again.',
      });
    }
  }
}

class DatasetReader {
  readonly #folder: string;
  readonly #manifest: DatasetManifest;
  readonly #database: Database;

  constructor(folder: string, manifest: DatasetManifest, database: Database) {
    this.#folder = folder;
    this.#manifest = manifest;
    this.#database = database;
  }

  async read(): Promise<Dataset> {
    const { users, items, interactions, testInteractions } = this.#manifest;
    const manifest = this.#manifest;
    const trainPropensities = manifest.hasPropensities ? 'required' : 'absent';
    return {
      manifest,
      users,
      items,
      train: await this.#log(datasetFiles.train, interactions, trainPropensities),
      test: this.#has(datasetFiles.test)
        ? await this.#log(datasetFiles.test, testInteractions, 'if-present')
        : null,
      userFeatures: await this.#features(datasetFiles.userFeatures, manifest.userFeatures, users),
      itemFeatures: await this.#features(datasetFiles.itemFeatures, manifest.itemFeatures, items),
      groundTruth: await this.#groundTruth(),
      propensitiesUI: this.#has(datasetFiles.propensities)
        ? readMatrix(join(this.#folder, datasetFiles.propensities), users, items)
        : null,
    };
  }

  #has(file: string): boolean {
    return file in this.#manifest.files;
  }

  async #log(
    file: string,
    rows: number,
    propensities: LogShape['propensities'],
  ): Promise<Interactions> {
    const { users, items, hasTime } = this.#manifest;
    const shape = { users, items, rows, hasTime, propensities };
    return readInteractions(this.#database, join(this.#folder, file), shape);
  }

  async #features(
    file: string,
    features: readonly CategoricalFeature[],
    entities: number,
  ): Promise<FeatureColumn[]> {
    if (features.length === 0) return [];
    return readFeatures(this.#database, join(this.#folder, file), features, entities);
  }

  async #groundTruth(): Promise<GroundTruth | null> {
    const { users, items } = this.#manifest;
    if (!this.#has(datasetFiles.groundTruth)) return null;
    const path = join(this.#folder, datasetFiles.groundTruth);
    return { users, items, rewardsUI: readMatrix(path, users, items) };
  }
}
