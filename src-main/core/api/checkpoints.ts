import type { VerifiedCheckpoint } from '#contract/routes/checkpoints.ts';

export type { VerifiedCheckpoint };

export interface Checkpoints {
  /**
   * Copies a checkpoint into a new folder with `config.json`, `run.json` and a card `README.md`. Default: the
   * newest. Throws `already-exists` when the target is there.
   */
  export(
    run: string,
    target: string,
    options?: { checkpoint?: string },
  ): Promise<VerifiedCheckpoint>;
  /** Re-reads every file of a checkpoint folder and compares it with its manifest. */
  verify(folder: string): Promise<VerifiedCheckpoint>;
}
