/** A run that waits, in the order of starting. */
interface Waiting {
  readonly id: string;
  readonly priority: number;
}

/** What brings a run to another place: a new priority, where that place has another one, and whom it goes before. */
export interface QueueMove {
  readonly id: string;
  readonly priority: number | null;
  /** Of the same priority; null for behind all of them. */
  readonly before: string | null;
}

/**
 * Moving the run at `from` so that it stands at `to`. Among runs of another priority it takes theirs: that of the run
 * it overtakes, going up, or that it lets pass, going down. Null when it would stay where it is.
 */
export function moveInQueue(runs: readonly Waiting[], from: number, to: number): QueueMove | null {
  const run = runs[from];
  const target = Math.max(0, Math.min(runs.length - 1, to));
  const neighbour = runs[target];
  if (run === undefined || neighbour === undefined || target === from) return null;
  const { priority } = neighbour;
  const others = runs.filter((_, at) => at !== from);
  const next = others[target];
  const before = next !== undefined && next.priority === priority ? next.id : null;
  return { id: run.id, priority: priority === run.priority ? null : priority, before };
}

const keyTargets: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowUp: (at) => at - 1,
  ArrowDown: (at) => at + 1,
  PageUp: (at) => at - 10,
  PageDown: (at) => at + 10,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

/** Where a key pressed with Alt moves the run at a place; null for keys that move nothing. */
export function placeByKey(key: string, at: number, count: number): number | null {
  const target = keyTargets[key]?.(at, count);
  return target === undefined ? null : Math.max(0, Math.min(count - 1, target));
}
