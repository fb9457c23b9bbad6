import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { translateFileError } from '#engine/data/files.ts';
import { inspectCheckpoint } from '#engine/training/checkpoint-files.ts';
import type { Checkpoints, VerifiedCheckpoint } from './api.ts';
import { checkpointCard } from './checkpoint-card.ts';
import { pageOfCheckpoints } from './checkpoint-pages.ts';
import { prunableCheckpoints, removeCheckpoints } from './checkpoint-removal.ts';
import { checkpointFolder, type CoreContext } from './context.ts';
import type { Jobs } from './jobs.ts';
import { filesOf } from './link-folder.ts';
import { playSession } from './play-session.ts';
import { findCheckpoint } from './run-checkpoints.ts';
import { requireRun } from './run-lookup.ts';

async function verify(folder: string): Promise<VerifiedCheckpoint> {
  const { files, problems } = await inspectCheckpoint(folder);
  return { folder, ok: problems.length === 0, problems, files };
}

/** Copies into a hidden neighbour that is renamed when it is complete and right. */
async function exportCheckpoint(
  context: CoreContext,
  run: string,
  target: string,
  name: string | undefined,
): Promise<VerifiedCheckpoint> {
  const { record } = requireRun(context, run);
  const checkpoint = findCheckpoint(context, run, name);
  const folder = resolve(target);
  if (existsSync(folder)) {
    throw new OffrecError('already-exists', 'The target is there already.', {
      where: folder,
      hint: 'Name a folder that does not exist yet.',
    });
  }
  const partial = `${folder}.${run}.partial`;
  const source = checkpointFolder(context.home, run, checkpoint.name);
  try {
    for (const file of filesOf(source)) {
      await mkdir(dirname(join(partial, file)), { recursive: true });
      await copyFile(join(source, file), join(partial, file));
    }
    await writeFile(join(partial, 'config.json'), JSON.stringify(record.spec.config, null, 2));
    await writeFile(join(partial, 'run.json'), JSON.stringify(record, null, 2));
    await writeFile(join(partial, 'README.md'), checkpointCard(record, checkpoint));
    const verified = await verify(partial);
    if (!verified.ok) {
      throw new OffrecError('checksum-mismatch', verified.problems.join(' '), { where: source });
    }
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
    export: (run, target, options) => exportCheckpoint(context, run, target, options?.checkpoint),
    verify: (folder) => verify(resolve(folder)),
    all: (query) => pageOfCheckpoints(context, query),
    prunable: (of, keep) => prunableCheckpoints(context, of, keep),
    remove: (of) => removeCheckpoints(context, of),
    play: (request, options = {}) => playSession(context, jobs, request, options),
  };
}
