/** What a run needs of the machine while it runs. */
export interface Demand {
  readonly id: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

/** What all runs together may take. */
export interface Limits {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly hosts: number;
}

/**
 * Which of the waiting runs start now, in their order. A run that does not fit holds back those behind it, so
 * that small runs cannot keep a large one waiting for ever; one that is larger than the whole budget runs alone.
 */
export function planStarts(
  waiting: readonly Demand[],
  running: readonly Demand[],
  limits: Limits,
): string[] {
  const active = [...running];
  const starts: string[] = [];
  for (const candidate of waiting) {
    if (!fits(candidate, active, limits)) break;
    active.push(candidate);
    starts.push(candidate.id);
  }
  return starts;
}

function fits(candidate: Demand, active: readonly Demand[], limits: Limits): boolean {
  if (limits.hosts < 1) return false;
  if (active.length === 0) return true;
  const cores = active.reduce((sum, each) => sum + each.cores, candidate.cores);
  const memoryBytes = active.reduce((sum, each) => sum + each.memoryBytes, candidate.memoryBytes);
  return (
    active.length + 1 <= limits.hosts && cores <= limits.cores && memoryBytes <= limits.memoryBytes
  );
}
