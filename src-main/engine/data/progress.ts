import { OffrecError } from '#contract/errors.ts';

/** One report of a long task: `done` of `total` units of the stage under way; total 0 means unknown. */
export interface ImportProgress {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly stage: string;
}

/** How a caller watches and stops a long task. */
export interface ImportControl {
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function cancelledError(): OffrecError {
  return new OffrecError('cancelled', 'The import was cancelled; nothing was kept.');
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelledError();
}

/** Where an import puts its result. */
export interface ImportTarget {
  readonly name: string;
  /** Folder that holds the datasets. */
  readonly into: string;
  /** Replace a dataset of this name instead of refusing. */
  readonly replace?: boolean | undefined;
}
