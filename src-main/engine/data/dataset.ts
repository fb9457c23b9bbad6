import type { CategoricalFeature, DatasetManifest } from '#contract/dataset.ts';

/** Rows of a log as columns; all arrays have the same length, one entry a row, in the log's order. */
export interface Interactions {
  /** 0-based user index. */
  readonly users: Int32Array;
  /** 0-based item index. */
  readonly items: Int32Array;
  readonly rewards: Float32Array;
  /** Seconds since the epoch, or any increasing clock of the source; null when the log has none. */
  readonly times: Float64Array | null;
  /** Probability with which the logging policy exposed (user, item); null when unknown. */
  readonly propensities: Float32Array | null;
}

/** One categorical feature of all users or all items. */
export interface FeatureColumn extends CategoricalFeature {
  /**
   * Code of each entity, 0 to size - 1. A multi-valued feature (tags) has several values an entity:
   * entity e owns `values[offsets[e] .. offsets[e + 1])`. Single-valued features have offsets 0, 1, 2, ….
   */
  readonly values: Int32Array;
  readonly offsets: Int32Array;
}

/** The true mean reward of every (user, item) pair, row-major: `rewardsUI[user * items + item]`. */
export interface GroundTruth {
  readonly users: number;
  readonly items: number;
  readonly rewardsUI: Float32Array;
}

/** A dataset in memory, as the engine reads it. Arrays must not be written to. */
export interface Dataset {
  readonly manifest: DatasetManifest;
  readonly users: number;
  readonly items: number;
  readonly train: Interactions;
  readonly test: Interactions | null;
  readonly userFeatures: readonly FeatureColumn[];
  readonly itemFeatures: readonly FeatureColumn[];
  readonly groundTruth: GroundTruth | null;
  /** Exposure probability of every pair under the logging policy, row-major like the ground truth. */
  readonly propensitiesUI: Float32Array | null;
}
