import type { RouterOutputs } from '#contract/router.ts';
import type {
  CheckpointKey,
  checkpointSortFields,
  RemovedCheckpoints,
  VerifiedCheckpoint,
} from '#contract/routes/checkpoints.ts';
import type { PlayedSession, PlayRequest } from '#contract/session.ts';
import type { JobOptions } from './jobs.ts';
import type { RunFilter } from './runs.ts';

export type { CheckpointKey, RemovedCheckpoints, VerifiedCheckpoint };
export type CheckpointPage = RouterOutputs['checkpoints']['all'];
export type PrunableCheckpoints = RouterOutputs['checkpoints']['prunable'];

/** Which runs are meant. */
export interface RunSelection {
  readonly filter: Omit<RunFilter, 'limit' | 'offset'>;
  /** Words that must all occur in the id, experiment, dataset, method or label, in any case. */
  readonly text?: string;
  /** Only these runs; those that are gone are left out. */
  readonly ids?: readonly string[];
}

export interface CheckpointQuery {
  readonly of: RunSelection;
  /** Only final checkpoints, or only others. */
  readonly final?: boolean;
  readonly order: (typeof checkpointSortFields)[number];
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
  /** Metrics whose values at the checkpoints come along. */
  readonly metrics: readonly string[];
}

/** What stays of each run: its newest checkpoints, and the one at which a metric was best. */
export interface KeptCheckpoints {
  readonly newest: number;
  readonly best: string | null;
}

/** The files of an export: those of the checkpoint's folder, and texts beside them by name. */
export interface CheckpointContents {
  readonly folder: string;
  /** Paths inside of the folder. */
  readonly files: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
}

export interface Checkpoints {
  /**
   * Copies a checkpoint into a new folder with `config.json`, `run.json` and a card `README.md`. Default: the
   * newest. Throws `already-exists` when the target is there.
   */
  export(
    run: string,
    target: string,
    options?: JobOptions & { checkpoint?: string },
  ): Promise<VerifiedCheckpoint>;
  /** What an export of a checkpoint would hold, for whoever sends it elsewhere. Throws `checksum-mismatch`. */
  contents(run: string, name: string): Promise<CheckpointContents>;
  /** Re-reads every file of a checkpoint folder and compares it with its manifest. */
  verify(folder: string, options?: JobOptions): Promise<VerifiedCheckpoint>;
  /** All checkpoints of all runs, filtered, sorted, one page of them. */
  all(query: CheckpointQuery): CheckpointPage;
  /** What would go if only some of each run were to stay. */
  prunable(of: RunSelection, keep: KeptCheckpoints): PrunableCheckpoints;
  /**
   * Removes checkpoints; those of runs that are under way or need them are told with their reason. Aborting the
   * signal leaves the rest, and the answer tells what is gone.
   */
  remove(of: readonly CheckpointKey[], options?: JobOptions): Promise<RemovedCheckpoints>;
  /**
   * Plays one user's session with a checkpoint's policy, in a process of its own. The same request gives the same
   * session. Throws `invalid-input` for a checkpoint without a policy.
   */
  play(request: PlayRequest, options?: JobOptions): Promise<PlayedSession>;
}
