import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { VerifiedDataset } from '#contract/routes/datasets.ts';
import { hashFile } from './files.ts';
import { readManifest } from './manifest.ts';
import { throwIfAborted, type ImportControl } from './progress.ts';

/**
 * Reads every file of a dataset again and compares it with the manifest.
 * @throws OffrecError `not-found`, `version-mismatch` or `corrupt-file` for the manifest itself
 */
export async function verifyDataset(
  folder: string,
  { signal, onProgress }: ImportControl,
): Promise<VerifiedDataset> {
  const manifest = await readManifest(folder);
  const names = Object.keys(manifest.files).sort();
  const files: VerifiedDataset['files'][number][] = [];
  for (const [done, name] of names.entries()) {
    throwIfAborted(signal);
    onProgress?.({ done, total: names.length, unit: 'files', stage: 'compare checksums' });
    const problem = await problemOf(join(folder, name), manifest.files[name]!, signal);
    files.push({ name, problem });
  }
  return { ok: files.every(({ problem }) => problem === null), files };
}

async function problemOf(
  path: string,
  recorded: { bytes: number; sha256: string },
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) return 'is missing';
  if (found.size !== recorded.bytes) return `has ${found.size} bytes instead of ${recorded.bytes}`;
  const { sha256 } = await hashFile(path, signal);
  return sha256 === recorded.sha256 ? null : 'has changed since the import';
}
