import { OffrecError } from '#contract/errors.ts';
import type { Protocol } from '#contract/protocol.ts';
import type { Dataset, FeatureColumn, GroundTruth } from '#engine/data/dataset.ts';

/**
 * Decides whether a user leaves when shown `item` at `turn`. The user's earlier items are
 * `items[start .. start + turn)`; the rule never fires at turn 0.
 */
export interface ExitRule {
  leaves(items: Int32Array, start: number, turn: number, item: number): boolean;
}

/**
 * First turn of the window of the last `length` turns before `turn`, as `history.slice(turn - length, turn)`
 * has it: a negative start counts from the end of the history, so that early windows are shorter than
 * meant. All published figures were made with it.
 */
export function paperWindowStart(turn: number, length: number): number {
  const start = turn - length;
  return start < 0 ? Math.max(0, turn + start) : start;
}

/** First turn of the window of the last `length` turns before `turn`, cut off at the episode's beginning. */
export function cleanWindowStart(turn: number, length: number): number {
  return Math.max(0, turn - length);
}

const windowStarts = { paper: paperWindowStart, clean: cleanWindowStart };

/** Leave when a tag of the item occurs more than `threshold` times among the window's tags. */
export class CategoryExitRule implements ExitRule {
  readonly #tags: FeatureColumn;
  readonly #windowLength: number;
  readonly #threshold: number;
  readonly #windowStart: (turn: number, length: number) => number;

  constructor(
    tags: FeatureColumn,
    options: { windowLength: number; threshold: number; window: 'paper' | 'clean' },
  ) {
    this.#tags = tags;
    this.#windowLength = options.windowLength;
    this.#threshold = options.threshold;
    this.#windowStart = windowStarts[options.window];
  }

  leaves(items: Int32Array, start: number, turn: number, item: number): boolean {
    if (turn === 0) return false;
    const { values, offsets } = this.#tags;
    const first = start + this.#windowStart(turn, this.#windowLength);
    const last = start + turn;
    for (let tag = offsets[item]!; tag < offsets[item + 1]!; tag++) {
      let count = 0;
      for (let position = first; position < last; position++) {
        const other = items[position]!;
        for (let index = offsets[other]!; index < offsets[other + 1]!; index++) {
          if (values[index] === values[tag]) count++;
        }
      }
      if (count > this.#threshold) return true;
    }
    return false;
  }
}

/** Leave when an item of the window lies closer than `threshold` to the shown one (strictly). */
export class DistanceExitRule implements ExitRule {
  readonly #distancesII: Float32Array;
  readonly #items: number;
  readonly #windowLength: number;
  readonly #threshold: number;
  readonly #windowStart: (turn: number, length: number) => number;

  constructor(
    truth: GroundTruth,
    options: { windowLength: number; threshold: number; window: 'paper' | 'clean' },
  ) {
    // A distance is never below 0, so the published threshold 0 needs no distances at all.
    this.#distancesII = options.threshold > 0 ? itemDistances(truth) : new Float32Array(0);
    this.#items = truth.items;
    this.#windowLength = options.windowLength;
    this.#threshold = options.threshold;
    this.#windowStart = windowStarts[options.window];
  }

  leaves(items: Int32Array, start: number, turn: number, item: number): boolean {
    if (turn === 0 || this.#threshold <= 0) return false;
    const first = start + this.#windowStart(turn, this.#windowLength);
    for (let position = first; position < start + turn; position++) {
      if (this.#distancesII[item * this.#items + items[position]!]! < this.#threshold) return true;
    }
    return false;
  }
}

/** Euclidean distances between the columns of the ground truth, [items, items] row-major. */
export function itemDistances(truth: GroundTruth): Float32Array {
  const { users, items, rewardsUI } = truth;
  const squaredII = new Float64Array(items * items);
  for (let user = 0; user < users; user++) {
    const row = rewardsUI.subarray(user * items, (user + 1) * items);
    for (let left = 0; left < items; left++) {
      const base = left * items;
      for (let right = left + 1; right < items; right++) {
        const difference = row[left]! - row[right]!;
        squaredII[base + right]! += difference * difference;
      }
    }
  }
  const distancesII = new Float32Array(items * items);
  for (let left = 0; left < items; left++) {
    for (let right = left + 1; right < items; right++) {
      const distance = Math.sqrt(squaredII[left * items + right]!);
      distancesII[left * items + right] = distance;
      distancesII[right * items + left] = distance;
    }
  }
  return distancesII;
}

const neverLeaves: ExitRule = { leaves: () => false };

/** The dataset's category column: the feature that the exit rule and the diversity metrics look at. */
export function categoryColumn(dataset: Dataset): FeatureColumn | null {
  const name = dataset.manifest.categoryFeature;
  return dataset.itemFeatures.find((feature) => feature.name === name) ?? null;
}

/**
 * The exit rule of a protocol on a dataset.
 * @throws OffrecError `invalid-input` when the rule needs categories or a ground truth that is not there.
 */
export function exitRuleOf(dataset: Dataset, protocol: Protocol): ExitRule {
  if (protocol.ignoreExit || protocol.exitRule === 'none') return neverLeaves;
  const options = {
    windowLength: protocol.exitWindowLength,
    threshold: protocol.exitThreshold,
    window: protocol.exitWindow,
  };
  if (protocol.exitRule === 'distance') {
    if (dataset.groundTruth === null) throw missing(dataset, 'a ground truth', 'distance');
    return new DistanceExitRule(dataset.groundTruth, options);
  }
  const tags = categoryColumn(dataset);
  if (tags === null) throw missing(dataset, 'a category feature', 'category');
  return new CategoryExitRule(tags, options);
}

function missing(dataset: Dataset, what: string, rule: string): OffrecError {
  return new OffrecError('invalid-input', `the ${rule} exit rule needs ${what}`, {
    where: `dataset ${dataset.manifest.name}`,
    hint: 'choose the exit rule `none`, or import the dataset with what the rule needs',
  });
}
