import { copyFileSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Every file of a folder and of those in it, by its path relative to it, sorted. */
export function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** The files of one folder in a new one, as hard links where the file system has them. They are never edited. */
export function linkFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of filesOf(from)) {
    mkdirSync(dirname(join(to, name)), { recursive: true });
    try {
      linkSync(join(from, name), join(to, name));
    } catch {
      // Another file system, or one without hard links.
      copyFileSync(join(from, name), join(to, name));
    }
  }
}
