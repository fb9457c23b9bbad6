import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { OffrecError } from '#contract/errors.ts';
import { sha256Schema } from '#contract/names.ts';
import { translateFileError } from '#engine/data/files.ts';
import type { Checkpoints, VerifiedCheckpoint } from './api.ts';
import { checkpointCard } from './checkpoint-card.ts';
import { checkpointFolder, type CoreContext } from './context.ts';
import { filesOf } from './link-folder.ts';
import { findCheckpoint } from './run-checkpoints.ts';
import { requireRun } from './run-lookup.ts';

const manifestFile = 'manifest.json';
const requiredFiles = ['weights.safetensors', 'state.json'];

/** The part of a checkpoint's manifest that says what its files hold. Names cannot leave the folder. */
const manifestSchema = z.object({
  format: z.literal(1),
  hash: sha256Schema,
  files: z.record(
    z.string().regex(/^([A-Za-z0-9][A-Za-z0-9._-]*\/){0,8}[A-Za-z0-9][A-Za-z0-9._-]*$/),
    z.object({ bytes: z.number().int().nonnegative(), sha256: sha256Schema }),
  ),
});
type Manifest = z.infer<typeof manifestSchema>;

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function readManifest(folder: string): Manifest {
  const file = join(folder, manifestFile);
  if (!existsSync(file)) {
    throw new OffrecError('not-found', 'There is no checkpoint in this folder.', {
      where: folder,
      hint: `A checkpoint has ${manifestFile}, ${requiredFiles.join(' and ')}.`,
    });
  }
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new OffrecError('corrupt-file', 'The checkpoint’s manifest is damaged.', {
      where: file,
      hint: 'Use another checkpoint of the run.',
      cause: error,
    });
  }
}

async function problemOf(
  folder: string,
  name: string,
  expected: Manifest['files'][string],
): Promise<string | null> {
  const file = join(folder, name);
  if (!existsSync(file)) return `${name} is missing.`;
  const { size } = statSync(file);
  if (size !== expected.bytes) {
    return `${name} has ${String(size)} bytes instead of ${String(expected.bytes)}.`;
  }
  return (await hashFile(file)) === expected.sha256 ? null : `${name} has changed.`;
}

async function verify(folder: string): Promise<VerifiedCheckpoint> {
  const manifest = readManifest(folder);
  const problems = requiredFiles
    .filter((name) => manifest.files[name] === undefined)
    .map((name) => `The manifest does not list ${name}.`);
  for (const [name, expected] of Object.entries(manifest.files)) {
    const problem = await problemOf(folder, name, expected);
    if (problem !== null) problems.push(problem);
  }
  const files = Object.entries(manifest.files).map(([name, { bytes }]) => ({ name, bytes }));
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
export function createCheckpoints(context: CoreContext): Checkpoints {
  return {
    export: (run, target, options) => exportCheckpoint(context, run, target, options?.checkpoint),
    verify: (folder) => verify(resolve(folder)),
  };
}
