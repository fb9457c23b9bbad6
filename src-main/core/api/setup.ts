import type { SetupState } from '#contract/routes/system.ts';

export type { SetupState };

/** The native libraries on this machine. */
export interface Setup {
  state(): SetupState;
  /** Begins to prepare a library in a process of its own. Throws `busy` while one is prepared. */
  prepare(options: { cuda: boolean }): void;
  /** Ends the preparation; nothing half done stays. */
  cancel(): void;
  /** Calls the listener after every change. Returns the function that ends it. */
  onChange(listener: () => void): () => void;
}
