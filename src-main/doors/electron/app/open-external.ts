import { basename } from 'node:path';
import { shell } from 'electron';
import { OffrecError } from '#contract/errors.ts';
import { folderInside } from './folder-inside.ts';
import { isTrustedAddress } from './trusted-address.ts';

// The only file that hands an address or a folder to the system.

/** Opens an address in the reader's browser when it is trusted; says whether it was. */
export function openExternally(address: string): boolean {
  if (!isTrustedAddress(address)) return false;
  void shell.openExternal(new URL(address).href);
  return true;
}

/** Some systems start a folder whose name ends like a program's; such a one is shown in its parent instead. */
const looksLikeProgram = (folder: string): boolean => /\.[a-z]\w*$/i.test(basename(folder));

/** Opens a folder of the data folder in the system's file manager. Throws `usage`, `not-found` or `internal`. */
export async function openFolder(home: string, folder: string): Promise<void> {
  const found = folderInside(home, folder);
  if (looksLikeProgram(found)) return shell.showItemInFolder(found);
  const problem = await shell.openPath(found);
  if (problem !== '') {
    throw new OffrecError('internal', `The file manager does not open: ${problem}`, {
      where: found,
    });
  }
}
