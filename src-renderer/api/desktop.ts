import type {
  CoreState,
  DesktopBridge,
  DesktopSettings,
  FileChoice,
  FileToSave,
  FolderChoice,
  MenuCommand,
} from '#contract/desktop.ts';

/** What a window of the desktop application can do that a page in a browser cannot. */
export interface Desktop {
  /** A native dialog. Resolves with the path, null when the reader changed their mind. */
  chooseFile(choice: FileChoice): Promise<string | null>;
  chooseFolder(choice: FolderChoice): Promise<string | null>;
  /** Asks where, writes the file, and resolves with its path; null when the reader changed their mind. */
  saveFile(file: FileToSave): Promise<string | null>;
  /** Opens a folder of the data folder in the system's file manager. */
  openFolder(folder: string): Promise<void>;
  /** Path of a dropped or chosen file; null when it has none on this disk. */
  pathOf(file: File): string | null;
  settings(): Promise<DesktopSettings>;
  changeSettings(settings: DesktopSettings): Promise<void>;
  coreState(): Promise<CoreState>;
  /** Calls back when the core's process stands otherwise. Returns the function that ends it. */
  onCoreState(listener: (state: CoreState) => void): () => void;
  restartCore(): Promise<void>;
  copyDiagnostics(): Promise<void>;
  /** Puts the commands into the native menu. */
  showCommands(commands: readonly MenuCommand[]): Promise<void>;
  /** Calls back with the id of a command that was chosen in the menu. Returns the function that ends it. */
  onCommand(listener: (id: string) => void): () => void;
  /** Calls back with a run whose notification was clicked. Returns the function that ends it. */
  onRunOpened(listener: (run: string) => void): () => void;
}

declare global {
  interface Window {
    readonly offrec?: DesktopBridge;
  }
}

/** The bridge itself, for the line to the core; undefined in a browser. */
export const bridge = globalThis.window?.offrec;

function desktopOver({ connect: _connect, ...rest }: DesktopBridge): Desktop {
  return { ...rest, pathOf: (file) => rest.pathOf(file) || null };
}

/** Null in a browser. */
export const desktop: Desktop | null = bridge === undefined ? null : desktopOver(bridge);
