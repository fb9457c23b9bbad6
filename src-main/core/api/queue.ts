import type { Budget, QueueState } from '#contract/routes/queue.ts';
import type { RunRecord } from '#contract/run.ts';

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
  budget(): Budget;
  /** Takes effect at once for runs that have not started. */
  setBudget(change: Partial<Budget>): Budget;
}
