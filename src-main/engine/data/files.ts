import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { nameSchema } from '#contract/names.ts';

/** Checks a dataset's name: it becomes a folder, so it may hold no separator and no leading dot. */
export function checkName(name: string): string {
  const parsed = nameSchema.safeParse(name);
  if (!parsed.success) {
    throw new OffrecError('invalid-input', `'${name.slice(0, 100)}' cannot be a dataset's name.`, {
      hint: 'Use letters, digits, dot, dash and underscore, starting with a letter or a digit; at most 80 characters.',
    });
  }
  return parsed.data;
}

/** Start of a process in clock ticks since boot where the system tells it, so that a reused id is noticed. */
function processStart(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[19]).toString(36);
  } catch {
    return '0';
  }
}

function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const partialPattern = /^\..+\.(\d{1,10})-([0-9a-z]+)-[0-9a-f]{12}\.partial$/;

function partialName(name: string): string {
  const owner = `${process.pid}-${processStart(process.pid)}`;
  return `.${name}.${owner}-${randomBytes(6).toString('hex')}.partial`;
}

/** True when the process that made a partial folder no longer runs. */
function isStale(folderName: string): boolean {
  const match = partialPattern.exec(folderName);
  if (match === null) return false;
  const pid = Number(match[1]);
  return !processIsAlive(pid) || processStart(pid) !== match[2];
}

/** Deletes the half-built folders that dead processes left in `root`. Returns how many there were. */
export async function sweepPartials(root: string): Promise<number> {
  const stale = (await readdir(root)).filter(isStale);
  await Promise.all(stale.map((entry) => rm(join(root, entry), { recursive: true, force: true })));
  return stale.length;
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Builds a folder so that it appears under `into/name` complete or not at all: `build` fills a hidden
 * folder beside the target, which is flushed to the disk and renamed.
 *
 * @throws OffrecError `already-exists`, `disk-full`, `read-only`, or what `build` throws.
 */
export async function buildFolder<T>(
  into: string,
  name: string,
  build: (folder: string) => Promise<T>,
): Promise<T> {
  const target = join(resolve(into), checkName(name));
  let partial: string | null = null;
  try {
    await mkdir(into, { recursive: true });
    await sweepPartials(into);
    await refuseExisting(target, name);
    partial = join(resolve(into), partialName(name));
    await mkdir(partial);
    const result = await build(partial);
    for (const file of await readdir(partial)) await syncPath(join(partial, file));
    await syncPath(partial);
    await refuseExisting(target, name);
    await rename(partial, target);
    await syncPath(into);
    return result;
  } catch (error) {
    if (partial !== null) await rm(partial, { recursive: true, force: true });
    throw translateFileError(error, target);
  }
}

async function refuseExisting(target: string, name: string): Promise<void> {
  if (!(await exists(target))) return;
  throw new OffrecError('already-exists', `A dataset named '${name}' is already there.`, {
    where: target,
    hint: 'Remove it first or choose another name.',
  });
}

/** Deletes a folder in one visible step: it is renamed out of sight before its files go. */
export async function removeFolder(root: string, name: string): Promise<void> {
  const target = join(resolve(root), checkName(name));
  const hidden = join(resolve(root), partialName(name));
  try {
    await rename(target, hidden);
    await syncPath(root);
    await rm(hidden, { recursive: true, force: true });
  } catch (error) {
    throw translateFileError(error, target);
  }
}

/** A system error as the OffrecError that tells what to do; other errors pass unchanged. */
export function translateFileError(error: unknown, where: string): unknown {
  if (error instanceof OffrecError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const context = { where, cause: error };
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new OffrecError('disk-full', 'The disk is full.', {
        ...context,
        hint: 'Free some space and start again; nothing half-written was kept.',
      });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new OffrecError('read-only', 'The folder or file cannot be opened for this purpose.', {
        ...context,
        hint: 'Check its permissions.',
      });
    case 'ENOENT':
      return new OffrecError('not-found', 'There is no such file or folder.', context);
    case 'ENOTDIR':
    case 'EISDIR':
      return new OffrecError(
        'invalid-input',
        'A file stands where a folder is needed, or the reverse.',
        context,
      );
    case 'ENOTEMPTY':
    case 'EEXIST':
      return new OffrecError('already-exists', 'Something of that name is already there.', context);
    default:
      return error;
  }
}

/** SHA-256 (hexadecimal) and size of a file, read in pieces. */
export async function hashFile(
  path: string,
  signal?: AbortSignal,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = createReadStream(path, { highWaterMark: 1 << 20, ...(signal ? { signal } : {}) });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
