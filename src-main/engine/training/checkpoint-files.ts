import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { OffrecError } from '#contract/errors.ts';
import { sha256Schema } from '#contract/names.ts';

/** The files of a checkpoint folder that are always there. */
export const checkpointFiles = {
  weights: 'weights.safetensors',
  state: 'state.json',
  manifest: 'manifest.json',
} as const;

const pieceBytes = 1024 * 1024;

/** `manifest.json`: what every other file of the folder holds. Names cannot leave the folder. */
const manifestSchema = z.object({
  format: z.literal(1),
  hash: sha256Schema,
  files: z.record(
    z.string().regex(/^([A-Za-z0-9][A-Za-z0-9._-]*\/){0,8}[A-Za-z0-9][A-Za-z0-9._-]*$/),
    z.object({ bytes: z.number().int().nonnegative(), sha256: sha256Schema }),
  ),
});
type Manifest = z.infer<typeof manifestSchema>;

/** What a checkpoint's files are like beside its manifest. */
export interface CheckpointInspection {
  /** State hash that the manifest names. */
  readonly hash: string;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
  /** One sentence for each file that is missing or has changed; empty for a sound checkpoint. */
  readonly problems: readonly string[];
}

/** How a caller follows and ends the reading of a checkpoint. */
export interface InspectionControl {
  readonly onBytes?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Compares every file of a checkpoint with its manifest, reading each as a stream.
 * @throws OffrecError `not-found` without a manifest, `corrupt-file` when it is damaged; the signal's reason when it
 * is aborted
 */
export async function inspectCheckpoint(
  folder: string,
  { onBytes, signal }: InspectionControl = {},
): Promise<CheckpointInspection> {
  const manifest = readManifest(folder);
  const total = Object.values(manifest.files).reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const onRead = (bytes: number): void => onBytes?.((done += bytes), total);
  const problems = [checkpointFiles.weights, checkpointFiles.state]
    .filter((name) => manifest.files[name] === undefined)
    .map((name) => `The manifest does not list ${name}.`);
  for (const [name, expected] of Object.entries(manifest.files)) {
    const problem = await problemOf(folder, name, expected, onRead, signal);
    if (problem !== null) problems.push(problem);
  }
  const files = Object.entries(manifest.files).map(([name, { bytes }]) => ({ name, bytes }));
  return { hash: manifest.hash, files, problems };
}

function readManifest(folder: string): Manifest {
  const file = join(folder, checkpointFiles.manifest);
  if (!existsSync(file)) {
    throw new OffrecError('not-found', 'There is no checkpoint in this folder.', {
      where: folder,
      hint: `A checkpoint has ${Object.values(checkpointFiles).join(', ')}.`,
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
  onRead: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const file = join(folder, name);
  const status = statSync(file, { throwIfNoEntry: false });
  if (status?.isFile() !== true) return `${name} is missing.`;
  if (status.size !== expected.bytes) {
    return `${name} has ${String(status.size)} bytes instead of ${String(expected.bytes)}.`;
  }
  const sha256 = await hashFile(file, onRead, signal);
  return sha256 === expected.sha256 ? null : `${name} has changed.`;
}

async function hashFile(
  file: string,
  onRead: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash('sha256');
  const pieces = createReadStream(file, { highWaterMark: pieceBytes }).on('data', (piece) =>
    onRead(piece.length),
  );
  await pipeline(pieces, hash, signal === undefined ? {} : { signal });
  return hash.digest('hex');
}
