import type { RandomStream } from '#engine/compute/random.ts';
import type { FeatureColumn, Interactions } from '#engine/data/dataset.ts';

/** Codes of each item: itself (item level) or its tags (feature level), as offsets into values. */
export interface ItemCodes {
  /** Number of different codes. */
  readonly size: number;
  readonly values: Int32Array;
  readonly offsets: Int32Array;
}

/** Item level: every item is its own code. */
export function itemLevelCodes(items: number): ItemCodes {
  return {
    size: items,
    values: Int32Array.from({ length: items }, (_, item) => item),
    offsets: Int32Array.from({ length: items + 1 }, (_, item) => item),
  };
}

/** Feature level: an item's codes are its values of all `features`, each feature with its own range. */
export function featureLevelCodes(features: readonly FeatureColumn[], items: number): ItemCodes {
  const values: number[] = [];
  const offsets = new Int32Array(items + 1);
  for (let item = 0; item < items; item++) {
    let base = 0;
    for (const feature of features) {
      for (let at = feature.offsets[item]!; at < feature.offsets[item + 1]!; at++) {
        values.push(base + feature.values[at]!);
      }
      base += feature.size;
    }
    offsets[item + 1] = values.length;
  }
  const size = features.reduce((sum, feature) => sum + feature.size, 0);
  return { size, values: Int32Array.from(values), offsets };
}

/**
 * Normalised entropy of the next-code distribution after one context:
 * 1 if a single code was seen, else −Σ p log₂ p / log₂(number of codes seen). In (0, 1].
 */
export function normalisedEntropy(counts: Iterable<number>): number {
  let total = 0;
  let distinct = 0;
  let weighted = 0;
  for (const count of counts) {
    total += count;
    distinct++;
    weighted += count * Math.log2(count);
  }
  if (distinct <= 1) return 1;
  return (Math.log2(total) - weighted / total) / Math.log2(distinct);
}

/** How the items of one user are ordered before contexts are counted. */
export type LogOrder =
  | { kind: 'time' }
  | { kind: 'index' }
  | { kind: 'shuffled'; repeats: number; random: RandomStream };

/** Items of each user in the chosen order; `shuffled` gives every user `repeats` sequences. */
export function userSequences(log: Interactions, order: LogOrder): Int32Array[] {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < log.users.length; row++) {
    const user = log.users[row]!;
    const rows = rowsOf.get(user);
    if (rows === undefined) rowsOf.set(user, [row]);
    else rows.push(row);
  }
  const users = [...rowsOf.keys()].sort((left, right) => left - right);
  const { times } = log;
  return users.flatMap((user) => {
    const rows = rowsOf.get(user)!;
    if (order.kind === 'time' && times !== null) {
      rows.sort((left, right) => times[left]! - times[right]! || left - right);
    }
    const sequence = Int32Array.from(rows, (row) => log.items[row]!);
    if (order.kind !== 'shuffled') return [sequence];
    return Array.from({ length: order.repeats }, () => {
      const copy = sequence.slice();
      order.random.shuffle(copy);
      return copy;
    });
  });
}

type Key = number | string;

/**
 * The k-order entropy penalty P_E of DORL as its code computes it. Contexts are the sorted codes of the last
 * k items, the current one included; unseen contexts and orders longer than the history count as 1.
 */
export class EntropyPenalty {
  readonly orders: readonly number[];
  /** Σ_k min over the contexts of order k, the `entropy_min` of the reward's shift; analogously max. */
  readonly minimum: number;
  readonly maximum: number;
  readonly #codes: ItemCodes;
  readonly #tables: ReadonlyMap<number, ReadonlyMap<Key, number>>;

  constructor(sequences: readonly Int32Array[], codes: ItemCodes, orders: readonly number[]) {
    this.orders = [...new Set(orders)].sort((left, right) => left - right);
    this.#codes = codes;
    this.#tables = new Map(
      this.orders.map((order) => [order, contextTable(sequences, codes, order)]),
    );
    let minimum = 0;
    let maximum = 0;
    for (const table of this.#tables.values()) {
      let lowest = 1;
      let highest = 0;
      for (const value of table.values()) {
        if (value < lowest) lowest = value;
        if (value > highest) highest = value;
      }
      minimum += lowest;
      maximum += table.size === 0 ? 1 : highest;
    }
    this.minimum = minimum;
    this.maximum = maximum;
  }

  /** Number of contexts seen for one order. */
  contexts(order: number): number {
    return this.#tables.get(order)?.size ?? 0;
  }

  /** Entropies of the contexts of one order. */
  values(order: number): Float64Array {
    return Float64Array.from(this.#tables.get(order)?.values() ?? []);
  }

  /** E_t of the items `items[start .. start + length)`, in (0, number of orders]. */
  valueOf(items: Int32Array, start: number, length: number): number {
    let sum = 0;
    for (const [order, table] of this.#tables) {
      if (order > length) {
        sum += 1;
        continue;
      }
      let total = 0;
      let combinations = 0;
      forEachContext(this.#codes, items, start + length - order, order, (key) => {
        total += table.get(key) ?? 1;
        combinations++;
      });
      sum += combinations === 0 ? 1 : total / combinations;
    }
    return sum;
  }
}

/** Entropy of what follows each context of `order` consecutive items. */
function contextTable(
  sequences: readonly Int32Array[],
  codes: ItemCodes,
  order: number,
): Map<Key, number> {
  const counts = new Map<Key, Map<number, number>>();
  for (const sequence of sequences) {
    for (let next = order; next < sequence.length; next++) {
      const item = sequence[next]!;
      forEachContext(codes, sequence, next - order, order, (key) => {
        let following = counts.get(key);
        if (following === undefined) counts.set(key, (following = new Map()));
        for (let at = codes.offsets[item]!; at < codes.offsets[item + 1]!; at++) {
          const code = codes.values[at]!;
          following.set(code, (following.get(code) ?? 0) + 1);
        }
      });
    }
  }
  const table = new Map<Key, number>();
  for (const [key, following] of counts) table.set(key, normalisedEntropy(following.values()));
  return table;
}

/** Calls `visit` with the key of every combination of one code per item of `items[first .. first + order)`. */
function forEachContext(
  codes: ItemCodes,
  items: Int32Array,
  first: number,
  order: number,
  visit: (key: Key) => void,
): void {
  const { size, values, offsets } = codes;
  if (order === 1) {
    const item = items[first]!;
    for (let at = offsets[item]!; at < offsets[item + 1]!; at++) visit(values[at]!);
    return;
  }
  if (order === 2) {
    const [left, right] = [items[first]!, items[first + 1]!];
    for (let i = offsets[left]!; i < offsets[left + 1]!; i++) {
      for (let j = offsets[right]!; j < offsets[right + 1]!; j++) {
        const [a, b] = [values[i]!, values[j]!];
        visit(a < b ? a * size + b : b * size + a);
      }
    }
    return;
  }
  visitCombinations(codes, items.subarray(first, first + order), [], visit);
}

function visitCombinations(
  codes: ItemCodes,
  remaining: Int32Array,
  chosen: readonly number[],
  visit: (key: Key) => void,
): void {
  if (remaining.length === 0) {
    visit([...chosen].sort((left, right) => left - right).join(','));
    return;
  }
  const item = remaining[0]!;
  for (let at = codes.offsets[item]!; at < codes.offsets[item + 1]!; at++) {
    visitCombinations(codes, remaining.subarray(1), [...chosen, codes.values[at]!], visit);
  }
}
