import { createHash, randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync } from 'node:fs';
import {
  copyFileSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';
import { OffrecError } from '#contract/errors.ts';
import type { CheckpointInfo } from '#contract/host.ts';
import { sha256Schema } from '#contract/names.ts';
import { deviceInfoSchema, runSpecSchema, type DeviceInfo, type RunSpec } from '#contract/run.ts';
import { readSafetensors, writeSafetensors } from '#engine/compute/safetensors.ts';
import type { StateTensor } from '#engine/compute/state.ts';
import { checkpointFiles, inspectCheckpoint } from './checkpoint-files.ts';
import { hashFile, hashUnchanging, type FileHash } from './file-hashes.ts';
import { decodeNumbers, encodeNumbers } from './numbers.ts';

/** Where in a run a checkpoint was taken, and everything small that its continuation needs. */
export interface RunState {
  readonly spec: RunSpec;
  readonly device: DeviceInfo;
  readonly phase: number;
  readonly phaseName: string;
  readonly done: number;
  readonly final: boolean;
  /** The phase's own values. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Random streams now, and as they were before the phase was built. */
  readonly random: Readonly<Record<string, string>>;
  readonly randomBeforePhase: Readonly<Record<string, string>>;
  readonly metricCount: number;
  /** Chain of SHA-256 over all points of the run. */
  readonly metricsHash: string;
}

const streamsSchema = z.record(z.string(), z.string().max(1000));

const stateSchema = z.object({
  format: z.literal(1),
  spec: runSpecSchema,
  device: deviceInfoSchema,
  phase: z.number().int().nonnegative(),
  phaseName: z.string(),
  done: z.number().nonnegative(),
  final: z.boolean(),
  values: z.record(z.string(), z.unknown()),
  random: streamsSchema,
  randomBeforePhase: streamsSchema,
  metricCount: z.number().int().nonnegative(),
  metricsHash: sha256Schema,
});

const { weights: weightsFile, state: stateFile, manifest: manifestFile } = checkpointFiles;
const artefactsFolder = 'artefacts';

/**
 * Hash over weights, slots, random streams and metrics: equal for two runs exactly when they are in the same
 * state after the same history.
 */
export function stateHash(
  tensors: Readonly<Record<string, StateTensor>>,
  state: Pick<RunState, 'values' | 'random' | 'metricsHash'>,
): string {
  const hash = createHash('sha256');
  for (const name of Object.keys(tensors).sort()) {
    const { shape, data } = tensors[name]!;
    hash.update(`${name}[${shape.join()}]`);
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const streams = Object.entries(state.random).sort(([left], [right]) => (left < right ? -1 : 1));
  hash.update(JSON.stringify([streams, encodeNumbers(state.values), state.metricsHash]));
  return hash.digest('hex');
}

/**
 * Writes a checkpoint folder: under a temporary name, hashed, flushed, renamed. Artefacts of the run (its
 * world model) are linked in, so that the folder alone is enough to go on.
 */
export function writeCheckpoint(
  runFolder: string,
  state: RunState,
  tensors: Readonly<Record<string, StateTensor>>,
): CheckpointInfo {
  const step = String(state.done).padStart(12, '0');
  const name = `${state.final ? 'final' : `phase-${state.phase}-${step}`}`;
  const folder = join(runFolder, 'checkpoints', name);
  const partial = `${folder}.${randomUUID()}.partial`;
  try {
    mkdirSync(partial, { recursive: true });
    writeSafetensors(join(partial, weightsFile), tensors, { format: 'offrec-1' });
    const json = JSON.stringify({ format: 1, ...state, values: encodeNumbers(state.values) });
    writeFlushed(join(partial, stateFile), json);
    linkArtefacts(join(runFolder, artefactsFolder), join(partial, artefactsFolder));
    const hash = stateHash(tensors, state);
    const files = describeFiles(partial, runFolder);
    writeFlushed(join(partial, manifestFile), JSON.stringify({ format: 1, hash, files }, null, 2));
    replaceFolder(partial, folder);
    const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
    const { phase, done, metricCount, final } = state;
    return { name, phase, step: done, bytes, metricCount, hash, final };
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw asDiskError(error, folder);
  }
}

export interface ReadCheckpoint {
  readonly state: RunState;
  readonly tensors: Record<string, StateTensor>;
  readonly hash: string;
}

/**
 * Reads a checkpoint after comparing every file with the manifest, and the state with its hash.
 * @throws OffrecError `not-found`, `corrupt-file`, `checksum-mismatch` or `version-mismatch`
 */
export async function readCheckpoint(folder: string): Promise<ReadCheckpoint> {
  const { hash, problems } = await inspectCheckpoint(folder);
  if (problems.length > 0) {
    throw new OffrecError('checksum-mismatch', `The checkpoint is damaged: ${problems.join(' ')}`, {
      where: folder,
      hint: 'continue from an older checkpoint of the run',
    });
  }
  const path = join(folder, stateFile);
  const parsed = stateSchema.safeParse(parseJson(path));
  if (!parsed.success) {
    throw new OffrecError('version-mismatch', 'the checkpoint’s state is not of a known format', {
      where: path,
      hint: 'continue it with the version of Offrec that wrote it',
    });
  }
  const values = decodeNumbers(parsed.data.values) as Record<string, unknown>;
  const state = { ...parsed.data, values };
  const { tensors } = readSafetensors(join(folder, weightsFile));
  if (stateHash(tensors, state) !== hash) {
    throw corrupt(folder, 'the checkpoint’s state is not the one that its manifest names');
  }
  return { state, tensors, hash };
}

/** Puts a checkpoint's artefacts back into the run's folder where they are missing. */
export function restoreArtefacts(checkpointFolder: string, runFolder: string): void {
  linkArtefacts(join(checkpointFolder, artefactsFolder), join(runFolder, artefactsFolder));
}

/** Removes all but the newest `keep` ordinary checkpoints, and what interrupted writes left. */
export function pruneCheckpoints(runFolder: string, keep: number): void {
  const folder = join(runFolder, 'checkpoints');
  if (!existsSync(folder)) return;
  const names = readdirSync(folder);
  const ordinary = names.filter((name) => /^phase-\d+-\d+$/.test(name)).sort();
  const partial = names.filter((name) => name.endsWith('.partial'));
  for (const name of [...ordinary.slice(0, Math.max(0, ordinary.length - keep)), ...partial]) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Links every file below `from` to the same place below `to`, where there is none yet. */
function linkArtefacts(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const name of filesBelow(from)) {
    const target = join(to, name);
    if (name.endsWith('.partial') || existsSync(target)) continue;
    mkdirSync(dirname(target), { recursive: true });
    try {
      linkSync(join(from, name), target);
    } catch {
      // Not every file system has hard links.
      copyFileSync(join(from, name), target);
    }
  }
}

/** Paths of all files below a folder, relative to it, sorted. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** Artefacts are the same from one checkpoint to the next: where they were linked from, their hashes are known. */
function describeFiles(folder: string, runFolder: string): Record<string, FileHash> {
  return Object.fromEntries(
    filesBelow(folder).map((name) => [
      name,
      name.startsWith(`${artefactsFolder}/`)
        ? hashUnchanging(join(runFolder, name))
        : hashFile(join(folder, name)),
    ]),
  );
}

/** A checkpoint of the same moment may exist after a resume: it is the same state, so either may stay. */
function replaceFolder(partial: string, folder: string): void {
  if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  flushFolder(join(folder, '..'));
}

function writeFlushed(file: string, content: string): void {
  const handle = openSync(file, 'w');
  try {
    writeFileSync(handle, content);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function flushFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw corrupt(file, 'the file is not readable JSON', error);
  }
}

function corrupt(where: string, message: string, cause?: unknown): OffrecError {
  const hint = 'continue from an older checkpoint of the run';
  return new OffrecError('corrupt-file', message, { where, hint, cause });
}

function asDiskError(error: unknown, folder: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOSPC') {
    const hint = 'free some space and resume the run';
    return new OffrecError('disk-full', 'no room to write a checkpoint', {
      where: folder,
      hint,
      cause: error,
    });
  }
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') {
    const hint = 'make the data folder writable and resume the run';
    return new OffrecError('read-only', 'the checkpoint cannot be written', {
      where: folder,
      hint,
      cause: error,
    });
  }
  return error;
}
