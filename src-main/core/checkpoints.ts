import { existsSync, statSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { translateFileError } from '#engine/data/files.ts';
import { inspectCheckpoint } from '#engine/training/checkpoint-files.ts';
import type { RunRecord } from '#contract/run.ts';
import type { StoredCheckpoint } from '#store/checkpoints.ts';
import type { CheckpointContents, Checkpoints, JobOptions, VerifiedCheckpoint } from './api.ts';
import { checkpointCard } from './checkpoint-card.ts';
import { pageOfCheckpoints } from './checkpoint-pages.ts';
import { prunableCheckpoints, removeCheckpoints } from './checkpoint-removal.ts';
import { checkpointFolder, type CoreContext } from './context.ts';
import type { Jobs } from './jobs.ts';
import { filesOf } from './link-folder.ts';
import { playSession } from './play-session.ts';
import { findCheckpoint } from './run-checkpoints.ts';
import { requireRun } from './run-lookup.ts';

const mebibyte = 1024 * 1024;

/** Tells bytes in whole MiB, and only when their number has changed. */
function inMebibytes(
  stage: string,
  { onProgress }: JobOptions,
): (done: number, of: number) => void {
  let told = -1;
  return (doneBytes, totalBytes) => {
    const done = Math.floor(doneBytes / mebibyte);
    if (done === told) return;
    told = done;
    onProgress?.({ stage, done, total: Math.ceil(totalBytes / mebibyte), unit: 'MiB' });
  };
}

function throwIfCancelled({ signal }: JobOptions): void {
  if (signal?.aborted === true) throw new OffrecError('cancelled', 'Cancelled; nothing was kept.');
}

async function verify(folder: string, options: JobOptions = {}): Promise<VerifiedCheckpoint> {
  const { signal } = options;
  try {
    const { files, problems } = await inspectCheckpoint(folder, {
      onBytes: inMebibytes('reading', options),
      ...(signal === undefined ? {} : { signal }),
    });
    return { folder, ok: problems.length === 0, problems, files };
  } catch (error) {
    throwIfCancelled(options);
    throw error;
  }
}

async function copyFiles(
  from: string,
  to: string,
  files: readonly string[],
  options: JobOptions,
): Promise<void> {
  const tell = inMebibytes('copying', options);
  const sizes = files.map((file) => statSync(join(from, file)).size);
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  let done = 0;
  for (const [at, file] of files.entries()) {
    throwIfCancelled(options);
    tell(done, total);
    await mkdir(dirname(join(to, file)), { recursive: true });
    await copyFile(join(from, file), join(to, file));
    done += sizes[at] ?? 0;
  }
}

function contentsOf(
  context: CoreContext,
  record: RunRecord,
  checkpoint: StoredCheckpoint,
): CheckpointContents {
  const folder = checkpointFolder(context.home, record.id, checkpoint.name);
  return {
    folder,
    files: filesOf(folder),
    texts: {
      'config.json': JSON.stringify(record.spec.config, null, 2),
      'run.json': JSON.stringify(record, null, 2),
      'README.md': checkpointCard(record, checkpoint),
    },
  };
}

/** What an export holds, after every file was compared with the manifest. */
async function verifiedContents(
  context: CoreContext,
  run: string,
  name: string,
): Promise<CheckpointContents> {
  const { record } = requireRun(context, run);
  const contents = contentsOf(context, record, findCheckpoint(context, run, name));
  const { ok, problems } = await verify(contents.folder);
  if (ok) return contents;
  throw new OffrecError('checksum-mismatch', problems.join(' '), { where: contents.folder });
}

/** Copies into a hidden neighbour that is renamed when it is complete and right. */
async function exportCheckpoint(
  context: CoreContext,
  run: string,
  target: string,
  options: JobOptions & { checkpoint?: string },
): Promise<VerifiedCheckpoint> {
  const { record } = requireRun(context, run);
  const checkpoint = findCheckpoint(context, run, options.checkpoint);
  const folder = resolve(target);
  if (existsSync(folder)) {
    throw new OffrecError('already-exists', 'The target is there already.', {
      where: folder,
      hint: 'Name a folder that does not exist yet.',
    });
  }
  const partial = `${folder}.${run}.partial`;
  const { folder: source, files, texts } = contentsOf(context, record, checkpoint);
  try {
    await copyFiles(source, partial, files, options);
    for (const [file, text] of Object.entries(texts)) await writeFile(join(partial, file), text);
    const verified = await verify(partial, options);
    if (!verified.ok) {
      throw new OffrecError('checksum-mismatch', verified.problems.join(' '), { where: source });
    }
    throwIfCancelled(options);
    await rename(partial, folder);
    return { ...verified, folder };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw translateFileError(error, folder);
  }
}

/** Checkpoints as folders that leave the house. */
export function createCheckpoints(context: CoreContext, jobs: Jobs): Checkpoints {
  return {
    export: (run, target, options) => exportCheckpoint(context, run, target, options ?? {}),
    verify: (folder, options) => verify(resolve(folder), options),
    contents: (run, name) => verifiedContents(context, run, name),
    all: (query) => pageOfCheckpoints(context, query),
    prunable: (of, keep) => prunableCheckpoints(context, of, keep),
    remove: (of, options) => removeCheckpoints(context, of, options),
    play: (request, options = {}) => playSession(context, jobs, request, options),
  };
}
