import type { StateTensor } from '#engine/compute/state.ts';
import type { PolicyInspector } from '#engine/evaluation/policy-inspector.ts';

/** Everything a part needs to continue bit for bit. */
export interface PartState {
  readonly tensors: Readonly<Record<string, StateTensor>>;
  /** JSON-safe values: counters, cursors, small lists. Random streams are kept by the run itself. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * One stretch of a run, such as "fit the world model" or "learn the policy". The loop calls `step` until
 * `done` equals `total`; between two steps a run can be paused, checkpointed or stopped. One step is one
 * unit of work of at most a few hundred milliseconds.
 */
export interface Phase {
  readonly name: string;
  /** What one step is, in the plural: `batches`, `collects`. */
  readonly unit: string;
  readonly total: number;
  readonly done: number;
  step(): void | Promise<void>;
  state(): PartState;
  restore(state: PartState): void;
  /** The policy as learned so far, opened to be looked at; a phase that learns none leaves this out. */
  inspectPolicy?(): PolicyInspector;
  dispose(): void;
}
