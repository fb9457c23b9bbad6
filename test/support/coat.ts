import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Dataset } from '../../src-main/engine/data/dataset.ts';
import { importCoat } from '../../src-main/engine/data/import-coat.ts';
import { openDataset } from '../../src-main/engine/data/open-dataset.ts';

/** Folder of real test data, which is never part of the repository. */
export const testDataFolder =
  process.env['OFFREC_TEST_DATA'] ?? resolve(import.meta.dirname, '../../../shared/data');

const folder = join(testDataFolder, 'coat');
const groundTruth = join(testDataFolder, 'sofa_coat', 'coat_pseudoGT_ratingM.ascii');

let loaded: Promise<Dataset> | null = null;

/** Loads Coat with its pseudo ground truth, or null where the files are not at hand (tests skip visibly). */
export const coat: (() => Promise<Dataset>) | null =
  existsSync(folder) && existsSync(groundTruth) ? () => (loaded ??= load()) : null;

async function load(): Promise<Dataset> {
  const into = mkdtempSync(join(tmpdir(), 'offrec-coat-'));
  try {
    await importCoat({ folder, groundTruth, name: 'coat', into });
    return await openDataset(join(into, 'coat'));
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}
