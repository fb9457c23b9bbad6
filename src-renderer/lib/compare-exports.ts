import { stringify } from 'csv-stringify/sync';
import type { FinalSection } from './compare-final-rows.ts';

/** The comparisons of all metrics as CSV, unrounded: a line a group and metric, published rows last. */
export function comparisonFile(sections: readonly FinalSection[]): string {
  const lines = sections.flatMap(({ metric, rows, published }) => [
    ...rows.map(({ group, result, comparison }) => ({
      metric: metric.metric,
      group: group.name,
      n: result.values.length,
      missing: result.missing,
      diverged: result.diverged,
      mean: result.mean,
      std: result.std,
      sem: result.sem,
      difference: comparison?.difference,
      low: comparison?.interval?.low,
      high: comparison?.interval?.high,
      welchP: comparison?.welchP,
      welchHolm: comparison?.welchHolm,
      mannWhitneyP: comparison?.mannWhitneyP,
      mannWhitneyHolm: comparison?.mannWhitneyHolm,
      hedgesG: comparison?.effect,
      improvement: comparison?.improvement,
      detectable: comparison?.detectable,
      moreSeeds: comparison?.moreSeeds,
      source: null,
    })),
    ...published.map(({ label, mean, std, source }) => ({
      metric: metric.metric,
      group: label,
      mean,
      std,
      source,
    })),
  ]);
  return stringify(lines, { header: true, columns: Object.keys(lines[0] ?? {}) });
}
