import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import type { HomeFolder } from '#contract/routes/database.ts';
import type { JobOptions } from './api.ts';
import type { HomeFolders } from './home.ts';

const filesAtOnce = 64;

/** Bytes of a file that may go away while it is looked at. */
async function bytesOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((at) => join(at.parentPath, at.name));
  } catch {
    return [];
  }
}

async function sum(files: readonly string[], onFiles: (count: number) => void): Promise<number> {
  let total = 0;
  for (let at = 0; at < files.length; at += filesAtOnce) {
    onFiles(Math.min(filesAtOnce, files.length - at));
    const sizes = await Promise.all(files.slice(at, at + filesAtOnce).map(bytesOf));
    total += sizes.reduce((all, bytes) => all + bytes, 0);
  }
  return total;
}

/**
 * Sizes of a data folder's parts. Files that several runs share by hard links are counted for each. Throws `cancelled`
 * when the signal is aborted.
 */
export async function folderSizes(
  home: HomeFolders,
  { onProgress, signal }: JobOptions = {},
): Promise<HomeFolder[]> {
  const inRuns = await filesIn(home.runs);
  const isCheckpoint = (file: string): boolean => file.includes(`${sep}checkpoints${sep}`);
  const database = ['', '-wal', '-shm'].map((suffix) => home.database + suffix);
  const parts: [HomeFolder['part'], string, readonly string[]][] = [
    ['database', home.database, database],
    ['backups', home.backups, await filesIn(home.backups)],
    ['datasets', home.datasets, await filesIn(home.datasets)],
    ['checkpoints', home.runs, inRuns.filter(isCheckpoint)],
    ['runs', home.runs, inRuns.filter((file) => !isCheckpoint(file))],
    ['cache', home.cache, await filesIn(home.cache)],
  ];
  const total = parts.reduce((all, [, , files]) => all + files.length, 0);
  let done = 0;
  const onFiles = (count: number): void => {
    if (signal?.aborted === true) throw new OffrecError('cancelled', 'The count was cancelled.');
    onProgress?.({ stage: 'counting', done, total, unit: 'files' });
    done += count;
  };
  const sized: HomeFolder[] = [];
  for (const [part, path, files] of parts) {
    sized.push({ part, path, bytes: await sum(files, onFiles) });
  }
  return sized;
}
