import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DatasetManifest } from '#contract/dataset.ts';
import { OffrecError, toWireError, type WireError } from '#contract/errors.ts';
import { nameSchema } from '#contract/names.ts';
import { checkName, exists, removeFolder, sweepLeftovers, translateFileError } from './files.ts';
import { manifestFile, readManifest } from './manifest.ts';

/** One folder of the datasets' root: its manifest, or why it cannot be used. */
export type ListedDataset =
  | { readonly name: string; readonly manifest: DatasetManifest; readonly error: null }
  | { readonly name: string; readonly manifest: null; readonly error: WireError };

/** The folder of a dataset. @throws OffrecError `invalid-input` for a name that could leave the root. */
export function datasetFolder(root: string, name: string): string {
  return join(resolve(root), checkName(name));
}

/**
 * All datasets of a root, by name; a damaged one is listed with its error. Folders that are no datasets
 * are passed over. A root that does not exist yet holds none.
 */
export async function listDatasets(root: string): Promise<ListedDataset[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw translateFileError(error, root);
  });
  const listed: ListedDataset[] = [];
  for (const { name } of entries.filter((entry) => entry.isDirectory()).sort(byName)) {
    if (!nameSchema.safeParse(name).success) continue;
    const folder = join(root, name);
    if (!(await exists(join(folder, manifestFile)))) continue;
    listed.push(await listOne(name, folder));
  }
  return listed;
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

async function listOne(name: string, folder: string): Promise<ListedDataset> {
  try {
    return { name, manifest: await readManifest(folder), error: null };
  } catch (error) {
    return { name, manifest: null, error: toWireError(error) };
  }
}

/**
 * Deletes a dataset: it disappears in one step, then its files go. Only folders with a manifest are
 * touched.
 *
 * @throws OffrecError `not-found`, `invalid-input`, `read-only`.
 */
export async function removeDataset(root: string, name: string): Promise<void> {
  const folder = datasetFolder(root, name);
  if (!(await exists(join(folder, manifestFile)))) {
    throw new OffrecError('not-found', `There is no dataset named '${name}'.`, { where: folder });
  }
  await removeFolder(root, name);
  await sweepLeftovers(root);
}
