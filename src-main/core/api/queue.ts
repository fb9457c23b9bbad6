import type { Budget, QueueState } from '#contract/routes/queue.ts';
import type { ComputeDevice } from '#engine/methods/method.ts';
import type { RunRecord } from '#contract/run.ts';
import type { Forecast } from '../forecast.ts';

export type { Budget };
export type QueueOwner = NonNullable<QueueState['owner']>;

export interface Queue {
  /**
   * Becomes the owner of the queue and starts runs as the budget allows, until `close`. When another living
   * process owns it, stands by, and takes over should that one end. Returns who owns it now.
   */
  serve(): Promise<'self' | 'other'>;
  owner(): QueueOwner | null;
  /** Queued runs in the order in which they will start. */
  list(): RunRecord[];
  /** Runs that have a host now, the longest running first. */
  running(): RunRecord[];
  /** Runs that failed or were interrupted, the newest first. */
  failures(limit: number): RunRecord[];
  /** When running and the first queued runs are expected to start and end. */
  expected(): Promise<Forecast[]>;
  held(): boolean;
  /** While it is held nothing starts; what runs goes on. */
  hold(held: boolean): void;
  /** Holds the queue and pauses what runs. Resolves with how many when all are paused. */
  pauseAll(): Promise<number>;
  /** Goes on with what `pauseAll` paused, and with the queue. Resolves with how many are queued again. */
  resumeAll(): Promise<number>;
  budget(): Budget;
  /** What can compute here now, the fastest first. */
  devices(): readonly ComputeDevice[];
  /** Takes effect at once for runs that have not started. */
  setBudget(change: Partial<Budget>): Budget;
}
