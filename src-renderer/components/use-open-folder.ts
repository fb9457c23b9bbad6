import { useClipboard } from '@vueuse/core';
import { desktop } from '../api/desktop.ts';
import { useAttempt } from './use-attempt.ts';

export interface FolderOpening {
  /** What the button says. */
  readonly title: string;
  readonly open: (folder: string | Promise<string>) => Promise<void>;
}

/** In a window a folder is opened in the file manager; a browser, perhaps on another machine, gets its path. */
export function useOpenFolder(): FolderOpening {
  const { attempt } = useAttempt();
  if (desktop !== null) {
    const { openFolder } = desktop;
    return {
      title: 'Open folder',
      open: (folder) =>
        attempt(async () => {
          await openFolder(await folder);
          return null;
        }),
    };
  }
  const { copy } = useClipboard({ legacy: true });
  return {
    title: 'Copy path',
    open: (folder) =>
      attempt(async () => {
        await copy(await folder);
        return 'Path of the folder copied.';
      }),
  };
}
