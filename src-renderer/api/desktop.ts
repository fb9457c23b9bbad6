import type { DesktopBridge, FileChoice, FileToSave, FolderChoice } from '#contract/desktop.ts';

/** What a window of the desktop application can do that a page in a browser cannot. */
export interface Desktop {
  /** A native dialog. Resolves with the path, null when the reader changed their mind. */
  chooseFile(choice: FileChoice): Promise<string | null>;
  chooseFolder(choice: FolderChoice): Promise<string | null>;
  /** Asks where, writes the file, and resolves with its path; null when the reader changed their mind. */
  saveFile(file: FileToSave): Promise<string | null>;
  /** Path of a dropped or chosen file; null when it has none on this disk. */
  pathOf(file: File): string | null;
}

declare global {
  interface Window {
    readonly offrec?: DesktopBridge;
  }
}

function desktopOver(bridge: DesktopBridge): Desktop {
  return {
    chooseFile: (choice) => bridge.chooseFile(choice),
    chooseFolder: (choice) => bridge.chooseFolder(choice),
    saveFile: (file) => bridge.saveFile(file),
    pathOf: (file) => bridge.pathOf(file) || null,
  };
}

const bridge = globalThis.window?.offrec;

/** Null in a browser. */
export const desktop: Desktop | null = bridge === undefined ? null : desktopOver(bridge);
