import type { RandomStream } from '#engine/compute/random.ts';
import type { Interactions } from '#engine/data/dataset.ts';

/** Pairs of a positive row with a drawn negative pair; entry k of each array belongs together. */
export interface TrainingPairs {
  /** Row of the log that is the positive, [pairs]. */
  readonly positiveRows: Int32Array;
  readonly negativeUsers: Int32Array;
  readonly negativeItems: Int32Array;
}

/**
 * K rounds over the log. In each, every row (u, i, y) gets a pair (u′, i′) drawn uniformly over all users and
 * items, accepted when the stored value of (u′, i′) is below y (unobserved pairs count as 0), otherwise drawn
 * again, at most `tries` times, after which the last one is taken. A negative is not tied to the user u.
 */
export function sampleNegatives(
  log: Interactions,
  options: { users: number; items: number; rounds: number; tries: number; random: RandomStream },
): TrainingPairs {
  const { users, items, rounds, tries, random } = options;
  const rows = log.users.length;
  const stored = new Map<number, number>();
  for (let row = 0; row < rows; row++) {
    stored.set(log.users[row]! * items + log.items[row]!, log.rewards[row]!);
  }
  const pairs: TrainingPairs = {
    positiveRows: new Int32Array(rows * rounds),
    negativeUsers: new Int32Array(rows * rounds),
    negativeItems: new Int32Array(rows * rounds),
  };
  for (let at = 0; at < rows * rounds; at++) {
    const row = at % rows;
    let user = 0;
    let item = 0;
    for (let attempt = 0; attempt < tries; attempt++) {
      user = random.integer(users);
      item = random.integer(items);
      if ((stored.get(user * items + item) ?? 0) < log.rewards[row]!) break;
    }
    pairs.positiveRows[at] = row;
    pairs.negativeUsers[at] = user;
    pairs.negativeItems[at] = item;
  }
  return pairs;
}
