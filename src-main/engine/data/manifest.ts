import { createHash } from 'node:crypto';
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetManifestSchema, type DatasetManifest } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import { hashFile, scratchFolder, translateFileError } from './files.ts';

/** The files that a dataset's folder may hold, beside its manifest. */
export const datasetFiles = {
  train: 'train.parquet',
  test: 'test.parquet',
  users: 'users.parquet',
  items: 'items.parquet',
  userFeatures: 'user-features.parquet',
  itemFeatures: 'item-features.parquet',
  groundTruth: 'ground-truth.safetensors',
  propensities: 'propensities.safetensors',
} as const;

export const manifestFile = 'manifest.json';
const knownFiles: ReadonlySet<string> = new Set(Object.values(datasetFiles));
const manifestMaxBytes = 64e6;

/** Everything of a manifest that the finished files do not tell. */
export type ManifestDraft = Omit<DatasetManifest, 'format' | 'createdAt' | 'files' | 'checksum'>;

function contentChecksum(files: DatasetManifest['files']): string {
  const lines = Object.keys(files)
    .sort()
    .map((name) => `${name} ${files[name]!.sha256}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** Hashes the finished files of `folder` and writes `manifest.json`, the last file of all. */
export async function sealDataset(
  folder: string,
  draft: ManifestDraft,
  signal?: AbortSignal,
): Promise<DatasetManifest> {
  await rm(join(folder, scratchFolder), { recursive: true, force: true });
  const files: DatasetManifest['files'] = {};
  for (const name of (await readdir(folder)).sort()) {
    files[name] = await hashFile(join(folder, name), signal);
  }
  const manifest = datasetManifestSchema.parse({
    format: 1,
    ...draft,
    createdAt: new Date().toISOString(),
    files,
    checksum: contentChecksum(files),
  });
  const handle = await open(join(folder, manifestFile), 'wx');
  try {
    await handle.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return manifest;
}

/**
 * Reads and checks a dataset's manifest: its schema, its own checksum, and that it names no file outside
 * the dataset's folder.
 *
 * @throws OffrecError `not-found`, `version-mismatch` or `corrupt-file`.
 */
export async function readManifest(folder: string): Promise<DatasetManifest> {
  const path = join(folder, manifestFile);
  const parsed = datasetManifestSchema.safeParse(await readManifestJson(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw corruptManifest(path, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const manifest = parsed.data;
  const stranger = Object.keys(manifest.files).find((name) => !knownFiles.has(name));
  if (stranger !== undefined) {
    throw corruptManifest(path, `it names a file that no dataset has: ${stranger.slice(0, 100)}`);
  }
  if (contentChecksum(manifest.files) !== manifest.checksum) {
    throw corruptManifest(path, 'its checksum does not match the files that it names');
  }
  return manifest;
}

async function readManifestJson(path: string): Promise<unknown> {
  let text: string;
  try {
    if ((await stat(path)).size > manifestMaxBytes)
      throw corruptManifest(path, 'it is far too large');
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw translateFileError(error, path);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw corruptManifest(path, 'it is not JSON');
  }
  const format = (json as { format?: unknown } | null)?.format;
  if (typeof format === 'number' && format > 1) {
    throw new OffrecError(
      'version-mismatch',
      `The dataset has format ${format}; this version reads format 1.`,
      {
        where: path,
        hint: 'Open it with a newer version, or import it again.',
      },
    );
  }
  return json;
}

function corruptManifest(path: string, reason: string): OffrecError {
  return new OffrecError('corrupt-file', `The dataset's manifest is damaged: ${reason}.`, {
    where: path,
    hint: 'Remove the dataset and import it again.',
  });
}
