import type { Locator, Page } from 'playwright-core';

/** A file that the page handed over. */
export interface SavedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A way into Offrec: what differs between a browser at a server and a window of its own. */
export interface Door {
  /** Data folder; stays when Offrec is closed. */
  readonly home: string;
  /** What the page and the processes complained of, other than lines that broke because something was killed. */
  readonly complaints: string[];
  readonly page: Page;
  /** Opens Offrec on the data folder. */
  open(): Promise<Page>;
  /** Ends Offrec as its user does. */
  close(): Promise<void>;
  /** SIGKILL for the core; there is a new one when this resolves, which the page has to find by itself. */
  killCore(): Promise<void>;
  /** Gives a path to a picker of the page (the group around its field), by the dialog that this door has. */
  choosePath(picker: Locator, path: string): Promise<void>;
  /** Does what saves a file, and resolves with what was saved. */
  saved(act: () => Promise<void>): Promise<SavedFile>;
  /** Ends everything and removes the data folder. */
  dispose(): Promise<void>;
}
