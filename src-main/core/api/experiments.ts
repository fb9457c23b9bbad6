import type { Estimate } from '#contract/estimate.ts';
import type { ExperimentFile } from '#contract/experiment.ts';
import type { ExperimentRecord, PlannedRun } from '#contract/routes/experiments.ts';
import type { RunRecord } from '#contract/run.ts';

export type { ExperimentRecord, PlannedRun };

export interface CreatedExperiment {
  readonly name: string;
  /** Every run of the file, in the file's order: new ones and those that were there before. */
  readonly runs: readonly RunRecord[];
  readonly added: number;
  readonly reused: number;
}

export interface Experiments {
  /** Time and memory of those planned runs that are not there yet. */
  estimate(plan: readonly PlannedRun[]): Promise<Estimate>;
  /** Expands grids and checks everything without writing. Errors name the field's path in the file. */
  plan(file: ExperimentFile): Promise<PlannedRun[]>;
  /**
   * Makes the experiment be what the file says: missing runs are added, runs that exist with the same
   * specification are kept (paused, interrupted, failed and stopped ones are queued again), runs that the file
   * no longer names stay in the store but leave the experiment's table.
   * Nothing starts until somebody serves the queue (`queue.serve`).
   */
  create(
    file: ExperimentFile,
    options?: { again?: boolean; requeue?: boolean },
  ): Promise<CreatedExperiment>;
  list(): ExperimentRecord[];
  show(name: string): ExperimentRecord;
  /** Removes the experiment with its runs, their folders included. Throws `busy` while one is running. */
  remove(name: string): Promise<void>;
}
