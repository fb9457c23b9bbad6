import { z } from 'zod';
import type { WireError } from './errors.ts';

/** What a window asks of the desktop beside the core, and how it is told things. */

const title = z.string().max(200);

export const fileFilterSchema = z.strictObject({
  name: z.string().max(100),
  /** Without the dot. */
  extensions: z.array(z.string().regex(/^[A-Za-z0-9]{1,16}$/)).max(20),
});
export type FileFilter = z.infer<typeof fileFilterSchema>;

export const fileChoiceSchema = z.strictObject({
  title,
  filters: z.array(fileFilterSchema).max(20).optional(),
});
export type FileChoice = z.infer<typeof fileChoiceSchema>;

export const folderChoiceSchema = z.strictObject({ title });
export type FolderChoice = z.infer<typeof folderChoiceSchema>;

/** Absolute path of a folder inside the data folder. */
export const folderToOpenSchema = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'));

export const fileToSaveSchema = z.strictObject({
  title,
  /** Proposed name, without a folder. */
  name: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^/\\\0]+$/),
  bytes: z.instanceof(Uint8Array).refine((bytes) => bytes.byteLength <= 256 * 1024 * 1024),
});
export type FileToSave = z.infer<typeof fileToSaveSchema>;

/** One entry of the page's command list, for the native menu. */
export const menuCommandSchema = z.strictObject({
  id: z.string().min(1).max(100),
  title,
  /** As the page writes them: `mod+k`, `g r`, `?`. */
  keys: z.string().max(40).optional(),
});
export type MenuCommand = z.infer<typeof menuCommandSchema>;

export const nonceSchema = z.uuid();

/** How the core's process stands, as its supervisor in the main process sees it. */
export type CoreState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running' }
  /** It has not been heard of for a while; it is not ended for that. */
  | { readonly kind: 'silent'; readonly silentMs: number }
  | { readonly kind: 'restarting'; readonly attempt: number; readonly inMs: number }
  /** It will not be started again by itself. `diagnostics` is for a report: versions, exits, last lines. */
  | { readonly kind: 'failed'; readonly error: WireError; readonly diagnostics: string }
  | { readonly kind: 'stopping' };

/** What a reader can choose about the application itself; kept beside the window's place. */
export const desktopSettingsSchema = z.strictObject({
  notifyWhenRunEnds: z.boolean(),
  /** What closing the last window does while runs are under way. */
  closeWhileRunning: z.enum(['ask', 'background', 'pause']),
});
export type DesktopSettings = z.infer<typeof desktopSettingsSchema>;

/** What `window.offrec` holds in a window of the desktop application. */
export interface DesktopBridge {
  chooseFile(choice: FileChoice): Promise<string | null>;
  chooseFolder(choice: FolderChoice): Promise<string | null>;
  /** Resolves with the path when the file has been written, null when the reader changed their mind. */
  saveFile(file: FileToSave): Promise<string | null>;
  /** Opens a folder of the data folder in the system's file manager; rejects for any other. */
  openFolder(folder: string): Promise<void>;
  /** Path of a file that was dropped or chosen; empty when it has none. */
  pathOf(file: object): string;
  /**
   * Asks for a line to the core. The port comes as a message event of this window whose data is the nonce.
   * Rejects when there is no core.
   */
  connect(nonce: string): Promise<void>;
  coreState(): Promise<CoreState>;
  onCoreState(listener: (state: CoreState) => void): () => void;
  /** Starts the core again after it has failed for good. */
  restartCore(): Promise<void>;
  copyDiagnostics(): Promise<void>;
  settings(): Promise<DesktopSettings>;
  changeSettings(settings: DesktopSettings): Promise<void>;
  /** The page's commands, for the native menu. */
  showCommands(commands: readonly MenuCommand[]): Promise<void>;
  /** Calls back with the id of a command chosen in the menu. Returns the function that ends it. */
  onCommand(listener: (id: string) => void): () => void;
  /** Calls back with a run whose notification was clicked. Returns the function that ends it. */
  onRunOpened(listener: (run: string) => void): () => void;
}
