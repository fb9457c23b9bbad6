import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { nameSchema } from '#contract/names.ts';

/**
 * Folder inside a dataset under construction for spilled and copied data; gone before it is sealed. Here, and not beside
 * the database that fills it: whoever only lists datasets does not load one.
 */
export const scratchFolder = 'scratch';

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

/** Why a folder is hidden: under construction, about to be deleted, or about to be replaced. */
type HiddenKind = 'partial' | 'removed' | 'replaced';

const hiddenPattern = /^\.(.+)\.(\d{1,10})-([0-9a-z]+)-[0-9a-f]{12}\.(partial|removed|replaced)$/;

/** A folder name that no dataset can have and that tells which process owns it. */
function hiddenPath(root: string, name: string, kind: HiddenKind): string {
  const owner = `${process.pid}-${processStart(process.pid)}`;
  return join(resolve(root), `.${name}.${owner}-${randomBytes(6).toString('hex')}.${kind}`);
}

/**
 * Clears the hidden folders of processes that no longer run: a dataset that was being replaced comes
 * back when its successor never arrived, everything else is deleted. Returns how many there were.
 */
export async function sweepLeftovers(root: string): Promise<number> {
  let swept = 0;
  for (const entry of await readdir(root)) {
    const match = hiddenPattern.exec(entry);
    if (match === null) continue;
    const [, name, pid, start, kind] = match;
    if (processIsAlive(Number(pid)) && processStart(Number(pid)) === start) continue;
    const target = join(root, name!);
    if (kind === 'replaced' && !(await exists(target))) await rename(join(root, entry), target);
    else await rm(join(root, entry), { recursive: true, force: true });
    swept += 1;
  }
  return swept;
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
 * folder beside the target, which is flushed to the disk and renamed. With `replaces`, the name of a
 * file, an older folder that holds such a file gives way in the same moment.
 *
 * @throws OffrecError `already-exists`, `disk-full`, `read-only`, or what `build` throws.
 */
export async function buildFolder<T>(
  into: string,
  name: string,
  build: (folder: string) => Promise<T>,
  replaces: string | null = null,
): Promise<T> {
  const root = resolve(into);
  const target = join(root, checkName(name));
  const partial = hiddenPath(root, name, 'partial');
  let begun = false;
  try {
    await mkdir(root, { recursive: true });
    await sweepLeftovers(root);
    await refuseExisting(target, name, replaces);
    await mkdir(partial);
    begun = true;
    const result = await build(partial);
    for (const file of await readdir(partial)) await syncPath(join(partial, file));
    await syncPath(partial);
    await refuseExisting(target, name, replaces);
    await moveInto(root, partial, name);
    return result;
  } catch (error) {
    if (begun) await rm(partial, { recursive: true, force: true });
    throw translateFileError(error, target);
  }
}

async function refuseExisting(
  target: string,
  name: string,
  replaces: string | null,
): Promise<void> {
  if (!(await exists(target))) return;
  if (replaces !== null && (await exists(join(target, replaces)))) return;
  throw new OffrecError('already-exists', `'${name}' is already there.`, {
    where: target,
    hint: 'Delete it first or choose another name.',
  });
}

async function moveInto(root: string, partial: string, name: string): Promise<void> {
  const target = join(root, name);
  const older = (await exists(target)) ? hiddenPath(root, name, 'replaced') : null;
  if (older !== null) await rename(target, older);
  try {
    await rename(partial, target);
  } catch (error) {
    if (older !== null) await rename(older, target);
    throw error;
  }
  await syncPath(root);
  if (older !== null) await rm(older, { recursive: true, force: true });
}

/** Deletes a folder in one visible step: it is renamed out of sight before its files go. */
export async function removeFolder(root: string, name: string): Promise<void> {
  const target = join(resolve(root), checkName(name));
  const hidden = hiddenPath(root, name, 'removed');
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
    case 'EFBIG':
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
