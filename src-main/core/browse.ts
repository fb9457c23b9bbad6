import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, isAbsolute, resolve, sep } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import type { FileEntry, ListedFolder } from '#contract/routes/files.ts';
import { translateFileError } from '#engine/data/files.ts';

/** Most entries of one folder that are told. */
const mostEntries = 2000;

const isInside = (folder: string, root: string): boolean => {
  const path = relative(root, folder);
  return path === '' || (!path.startsWith(`..${sep}`) && path !== '..' && !isAbsolute(path));
};

/**
 * Lists folders of this machine below some roots and nowhere else: links are followed first, so that none leads out.
 */
export class FolderBrowser {
  readonly #roots: readonly string[];

  /** @param roots absolute paths; empty lets nobody look at anything */
  constructor(roots: readonly string[]) {
    this.#roots = roots.map((root) => resolve(root));
  }

  /** @throws OffrecError `read-only` outside of the roots, `not-found`, `invalid-input` for a file */
  async list(folder: string | undefined, hidden: boolean): Promise<ListedFolder> {
    const roots = await this.#realRoots();
    if (folder === undefined && roots.length !== 1) return this.#top(roots);
    const asked = folder ?? roots[0] ?? '';
    const real = await realPath(asked);
    if (!roots.some((root) => isInside(real, root))) throw refusal(asked);
    const entries = await readEntries(real, hidden, roots);
    const above = dirname(real);
    return {
      folder: real,
      parent: roots.some((root) => above !== real && isInside(above, root)) ? above : null,
      entries: entries.slice(0, mostEntries),
      leftOut: Math.max(0, entries.length - mostEntries),
    };
  }

  #top(roots: readonly string[]): ListedFolder {
    if (roots.length === 0) {
      throw new OffrecError('read-only', 'Looking at this machine’s folders is switched off.', {
        hint: 'Type the path, upload the file, or start with offrec serve --browse FOLDER.',
      });
    }
    const entries = roots.map((path) => ({ name: path, path, kind: 'folder' as const, bytes: 0 }));
    return { folder: null, parent: null, entries, leftOut: 0 };
  }

  /** Those that are there. */
  async #realRoots(): Promise<string[]> {
    const found = await Promise.all(this.#roots.map((root) => realpath(root).catch(() => null)));
    return [...new Set(found.filter((root) => root !== null))];
  }
}

function refusal(where: string): OffrecError {
  return new OffrecError('read-only', 'This folder may not be looked at.', {
    where,
    hint: 'Choose one below the folders that are offered.',
  });
}

async function realPath(path: string): Promise<string> {
  if (!isAbsolute(path)) throw refusal(path);
  try {
    return await realpath(path);
  } catch (error) {
    throw translateFileError(error, path);
  }
}

async function readEntries(
  folder: string,
  hidden: boolean,
  roots: readonly string[],
): Promise<FileEntry[]> {
  let found: Dirent[];
  try {
    found = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw translateFileError(error, folder);
  }
  const visible = found.filter(({ name }) => hidden || !name.startsWith('.'));
  const described = await Promise.all(visible.map((entry) => describe(folder, entry, roots)));
  return described
    .filter((entry) => entry !== null)
    .sort((a, b) => (a.kind === b.kind ? compareNames(a.name, b.name) : a.kind < b.kind ? 1 : -1));
}

const compareNames = new Intl.Collator('en', { numeric: true }).compare;

/** Null for what is neither file nor folder, leads out of the roots, or went away meanwhile. */
async function describe(
  folder: string,
  entry: Dirent,
  roots: readonly string[],
): Promise<FileEntry | null> {
  const path = join(folder, entry.name);
  try {
    if (entry.isSymbolicLink()) {
      const target = await realpath(path);
      if (!roots.some((root) => isInside(target, root))) return null;
    }
    const status = await stat(path);
    const { name } = entry;
    if (status.isDirectory()) return { name, path, kind: 'folder', bytes: 0 };
    return status.isFile() ? { name, path, kind: 'file', bytes: status.size } : null;
  } catch {
    // Gone between listing and looking, or a link to nowhere.
    return null;
  }
}
