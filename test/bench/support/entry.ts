/** One row of the bench's table. */
export interface BenchEntry {
  readonly name: string;
  readonly unit: 'ms' | 's' | 'steps/s' | 'points/s' | 'points' | 'x';
  /** Median over the rounds. */
  readonly ours: number;
  /** The same for whom we are compared with; null where that is not installed or there is nobody. */
  readonly peer: number | null;
  /** ours / peer: for times lower is better, for rates higher. */
  readonly ratio: number | null;
  /** Best round: the shortest time or the highest rate. */
  readonly min?: number;
  readonly peerMin?: number;
  readonly median?: number;
  readonly rounds?: number;
  /** Who the peer is, and what else a reader must know. */
  readonly note?: string;
  /** The largest (times) or smallest (rates) value of `bound` that is good enough, and of what. */
  readonly bar?: { readonly of: 'ratio' | 'ours'; readonly bound: number };
}

export interface BenchOptions {
  /** Whether the entry of this name is asked for; a bench leaves out the others. */
  wanted(name: string): boolean;
  /** Tells the person waiting what is going on. */
  progress(line: string): void;
}

/** What each bench file exports, under any name, as its only function. */
export type Bench = (options: BenchOptions) => Promise<BenchEntry[] | BenchEntry>;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? NaN;
  return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** An entry for times out of the rounds of both sides. */
export function timeEntry(
  name: string,
  unit: 'ms' | 's',
  rounds: { ours: readonly number[]; peer: readonly number[] | null },
  extra: Partial<BenchEntry> = {},
): BenchEntry {
  const ours = median(rounds.ours);
  const peer = rounds.peer === null ? null : median(rounds.peer);
  return {
    name,
    unit,
    ours,
    peer,
    ratio: peer === null ? null : ours / peer,
    min: Math.min(...rounds.ours),
    ...(rounds.peer === null ? {} : { peerMin: Math.min(...rounds.peer) }),
    median: ours,
    rounds: rounds.ours.length,
    ...extra,
  };
}
