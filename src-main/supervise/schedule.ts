/** What a run needs of the machine while it runs. */
export interface Demand {
  readonly id: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Whether it computes on the GPU. */
  readonly onGpu: boolean;
}

/** What all runs together may take. */
export interface Limits {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly hosts: number;
  /** Most runs at once on the GPU. */
  readonly gpuRuns: number;
}

/**
 * Which of the waiting runs start now, in their order. A run that does not fit holds back those behind it, so
 * that small runs cannot keep a large one waiting for ever; one that is larger than the whole budget runs alone. Only a
 * run that waits for the GPU is passed by those that compute elsewhere: they do not take what it waits for.
 */
export function planStarts(
  waiting: readonly Demand[],
  running: readonly Demand[],
  limits: Limits,
): string[] {
  const active = [...running];
  const starts: string[] = [];
  for (const candidate of waiting) {
    if (waitsForGpu(candidate, active, limits)) continue;
    if (!fits(candidate, active, limits)) break;
    active.push(candidate);
    starts.push(candidate.id);
  }
  return starts;
}

function waitsForGpu(candidate: Demand, active: readonly Demand[], { gpuRuns }: Limits): boolean {
  return candidate.onGpu && active.filter(({ onGpu }) => onGpu).length >= gpuRuns;
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
