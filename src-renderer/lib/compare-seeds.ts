import type { ExperimentFile } from '#contract/experiment.ts';
import type { RunGroup } from './compare-groups.ts';

/** Experiments that the groups' runs belong to, with the most runs first. */
export function experimentsOf(groups: readonly RunGroup[]): string[] {
  const counts = new Map<string, number>();
  for (const { experiment } of groups.flatMap(({ rows }) => rows)) {
    counts.set(experiment, (counts.get(experiment) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

/** The file with `count` seeds more: those that follow the largest it has. */
export function withMoreSeeds(file: ExperimentFile, count: number): ExperimentFile {
  const next = Math.max(...file.seeds) + 1;
  const added = Array.from({ length: count }, (_, at) => next + at);
  return { ...file, seeds: [...file.seeds, ...added] };
}
