import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seedRuns } from '../seed-runs.ts';

const runs = 10_000;
export const comparedRuns = 20;
export const manyMetricsRun = 0;
export const fewMetricsRun = 1;

/** The ids of the runs of a data folder, which is filled when nothing is in it. */
export function seededRuns(home: string): readonly string[] {
  const list = join(home, 'seeded.json');
  if (existsSync(list)) return JSON.parse(readFileSync(list, 'utf8')) as string[];
  const ids = seedRuns({
    home,
    runs,
    long: { runs: comparedRuns, points: 100_000 },
    metricNames: [1000, 20],
  });
  writeFileSync(list, JSON.stringify(ids));
  return ids;
}
