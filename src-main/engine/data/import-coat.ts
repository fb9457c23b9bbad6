import { join, resolve } from 'node:path';
import type { DatasetManifest, DatasetWarning } from '#contract/dataset.ts';

import { readAsciiMatrix } from './ascii-matrix.ts';
import { readCoatFeatures } from './coat-features.ts';
import type { Interactions } from './dataset.ts';
import { checkName, exists, hashFile } from './files.ts';
import { throwIfAborted, type ImportControl, type ImportTarget } from './progress.ts';
import { rebuildGroundTruth, type RebuiltGroundTruth } from './rebuild-ground-truth.ts';
import { writeDataset } from './write-dataset.ts';

const users = 290;
const items = 300;
const groundTruthFile = 'coat_pseudoGT_ratingM.ascii';

export interface ImportCoatOptions extends ImportControl, ImportTarget {
  /** The publisher's folder: train.ascii, test.ascii, propensities.ascii, user_item_features. */
  readonly folder: string;
  /**
   * Complete matrix of ratings 1 to 5 that serves as the environment. Looked for in the folder and
   * beside it under its usual name when not given; rebuilt from the test ratings when not found.
   */
  readonly groundTruth?: string | undefined;
  /** Seed of the rebuilt ground truth. */
  readonly seed?: number | undefined;
}

/**
 * Imports Coat Shopping (Schnabel et al. 2016) from the publisher's files, with either line ending.
 *
 * @throws OffrecError `not-found`, `invalid-input` (file, line, reason), `already-exists`, `cancelled`.
 */
export async function importCoat(options: ImportCoatOptions): Promise<DatasetManifest> {
  checkName(options.name);
  const folder = resolve(options.folder);
  const report = (done: number, stage: string): void => {
    throwIfAborted(options.signal);
    options.onProgress?.({ done, total: 6, unit: 'files', stage });
  };
  report(0, 'read');
  const trainUI = await readRatings(folder, 'train.ascii');
  report(1, 'read');
  const testUI = await readRatings(folder, 'test.ascii');
  report(2, 'read');
  const propensities = await readPropensities(folder);
  report(3, 'read');
  const userSide = await readCoatFeatures(folder, 'user', users);
  report(4, 'read');
  const itemSide = await readCoatFeatures(folder, 'item', items);
  report(5, 'read');
  const test = toInteractions(testUI, null);
  const truth = await findGroundTruth(folder, options, test);
  report(6, 'read');
  const warnings = [
    ...sharedCellWarnings(trainUI, testUI),
    ...propensities.warnings,
    ...userSide.warnings,
    ...itemSide.warnings,
    ...truth.warnings,
  ];
  const content = {
    users,
    items,
    train: toInteractions(trainUI, propensities.valuesUI),
    test,
    userFeatures: userSide.features,
    itemFeatures: itemSide.features,
    groundTruth: { users, items, rewardsUI: truth.rewardsUI },
    propensitiesUI: propensities.valuesUI,
  };
  const description = {
    kind: 'coat' as const,
    groundTruth: truth.kind,
    categoryFeature: itemSide.features.length === 0 ? null : 'jackettype',
    source: { importer: 'coat', groundTruth: truth.source },
    licence: 'unstated by the publisher; citation requested',
    citation:
      'Schnabel, Swaminathan, Singh, Chandak, Joachims: Recommendations as Treatments: Debiasing Learning and Evaluation. ICML 2016.',
    warnings,
  };
  return writeDataset(options, content, description, options);
}

async function readRatings(folder: string, file: string): Promise<Float64Array> {
  return readAsciiMatrix(join(folder, file), {
    rows: users,
    columns: items,
    min: 0,
    max: 5,
    whole: true,
  });
}

async function readPropensities(
  folder: string,
): Promise<{ valuesUI: Float32Array | null; warnings: DatasetWarning[] }> {
  const path = join(folder, 'propensities.ascii');
  if (!(await exists(path))) {
    const message = 'There is no propensities.ascii: weighting by propensity is not possible.';
    return { valuesUI: null, warnings: [{ code: 'no-propensities', message }] };
  }
  const rules = { rows: users, columns: items, min: 1e-12, max: 1, whole: false };
  return { valuesUI: Float32Array.from(await readAsciiMatrix(path, rules)), warnings: [] };
}

/** Observed cells in row-major order; 0 means unobserved. */
function toInteractions(
  ratingsUI: Float64Array,
  propensitiesUI: Float32Array | null,
): Interactions {
  const cells = Int32Array.from(ratingsUI.keys()).filter((cell) => ratingsUI[cell] !== 0);
  return {
    users: cells.map((cell) => Math.floor(cell / items)),
    items: cells.map((cell) => cell % items),
    rewards: Float32Array.from(cells, (cell) => ratingsUI[cell]!),
    times: null,
    propensities:
      propensitiesUI === null ? null : Float32Array.from(cells, (cell) => propensitiesUI[cell]!),
  };
}

function sharedCellWarnings(trainUI: Float64Array, testUI: Float64Array): DatasetWarning[] {
  const shared = [...trainUI.keys()].filter((cell) => trainUI[cell] !== 0 && testUI[cell] !== 0);
  const differing = shared.filter((cell) => trainUI[cell] !== testUI[cell]);
  const examples = (cells: readonly number[]): string[] =>
    cells
      .slice(0, 5)
      .map((cell) => `test.ascii:${Math.floor(cell / items) + 1} column ${(cell % items) + 1}`);
  const warnings: DatasetWarning[] = [];
  if (shared.length > 0) {
    warnings.push({
      code: 'rated-in-train-and-test',
      message: `${shared.length} cells are rated in both train and test: errors on the test ratings look smaller than they are. The cells are kept in both.`,
      count: shared.length,
      examples: examples(shared),
    });
  }
  if (differing.length > 0) {
    warnings.push({
      code: 'train-and-test-disagree',
      message: `${differing.length} cells have different ratings in train and test.`,
      count: differing.length,
      examples: examples(differing),
    });
  }
  return warnings;
}

interface FoundGroundTruth {
  readonly kind: 'supplied' | 'rebuilt';
  readonly rewardsUI: Float32Array;
  readonly source: Record<string, unknown>;
  readonly warnings: readonly DatasetWarning[];
}

async function findGroundTruth(
  folder: string,
  options: ImportCoatOptions,
  test: Interactions,
): Promise<FoundGroundTruth> {
  const path = options.groundTruth ?? (await detectGroundTruth(folder));
  if (path === null)
    return describeRebuilt(
      rebuildGroundTruth({ users, items, log: test, seed: options.seed ?? 0 }),
    );
  const rules = { rows: users, columns: items, min: 1, max: 5, whole: true };
  const rewardsUI = Float32Array.from(await readAsciiMatrix(path, rules));
  const { sha256 } = await hashFile(path, options.signal);
  return { kind: 'supplied', rewardsUI, source: { kind: 'supplied', sha256 }, warnings: [] };
}

async function detectGroundTruth(folder: string): Promise<string | null> {
  for (const path of [join(folder, groundTruthFile), join(folder, '..', groundTruthFile)]) {
    if (await exists(path)) return path;
  }
  return null;
}

function describeRebuilt(rebuilt: RebuiltGroundTruth): FoundGroundTruth {
  const message =
    'No ground truth was supplied: it was rebuilt by matrix factorisation on the test ratings. ' +
    'Results on it are not comparable with published ones.';
  return {
    kind: 'rebuilt',
    rewardsUI: rebuilt.rewardsUI,
    source: { kind: 'rebuilt', ...rebuilt.settings },
    warnings: [{ code: 'ground-truth-rebuilt', message }],
  };
}
