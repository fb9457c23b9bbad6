import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import { OffrecError } from '#contract/errors.ts';

/**
 * A folder's real place when it lies inside the data folder, links followed. Throws `usage` for what lies elsewhere or
 * is no folder, `not-found` for what is not there.
 */
export function folderInside(home: string, folder: string): string {
  let real: string;
  let root: string;
  try {
    root = realpathSync(home);
    real = realpathSync(folder);
  } catch (error) {
    throw new OffrecError('not-found', 'The folder is not there any more.', {
      where: folder,
      cause: error,
    });
  }
  const way = relative(root, real);
  const isInside = !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`);
  if (isAbsolute(folder) && isInside && statSync(real).isDirectory()) return real;
  throw new OffrecError('usage', 'Only folders of the data folder are opened.', { where: folder });
}
