import { stringify } from 'csv-stringify/sync';
import { aggregateCells, type CellValues } from '#report/cells.ts';
import type { Table } from '#report/table-model.ts';
import { buildTable } from '#report/table.ts';
import { aggregationOf, type FinalSection } from './compare-final-rows.ts';
import type { GroupResult, Reading } from './compare-final.ts';
import type { ShownGroup } from './compare-groups.ts';

export interface PaperChoice extends Reading {
  readonly spread: 'std' | 'sem';
  readonly baseline: ShownGroup | null;
}

/** All runs of a group: finite values first, then those that diverged, and those that say nothing. */
function valuesOf({ group, values, diverged }: GroupResult): CellValues['values'] {
  return group.rows.map((_, seed) => {
    const isDiverged = seed < values.length + diverged;
    return { seed, value: values[seed] ?? (isDiverged ? Number.NaN : null) };
  });
}

/** Which groups count runs that are not done: nobody could tell from the numbers. */
function unfinishedNotes([section]: readonly FinalSection[]): string[] {
  const counted = (section?.rows ?? [])
    .filter(({ result }) => result.unfinished.length > 0)
    .map(({ group, result }) => `${result.unfinished.length} of ${group.name}`);
  return counted.length === 0 ? [] : [`Runs that are not done count: ${counted.join(', ')}.`];
}

/**
 * The groups of one block as a table for a paper, marked where Welch's test tells them from the baseline after Holm.
 * Null where the numbers are best points, which no table of a paper should hold.
 */
export function paperTable(sections: readonly FinalSection[], choice: PaperChoice): Table | null {
  const aggregation = aggregationOf(choice.condensation);
  if (aggregation === null) return null;
  const cells = sections.flatMap(({ metric, rows }) =>
    rows.flatMap(({ group, result }): CellValues[] => {
      const [first] = group.rows;
      if (first === undefined) return [];
      return [
        {
          dataset: first.spec.dataset,
          datasetChecksum: first.spec.datasetChecksum,
          method: first.spec.method,
          label: group.name,
          group: 'own',
          metric: metric.metric,
          aggregation,
          protocolHash: first.protocolHash,
          cellHash: group.id,
          // Groups of several configurations hold a seed more than once: their values are counted, not their seeds.
          values: valuesOf(result),
        },
      ];
    }),
  );
  return buildTable(aggregateCells(cells), {
    aggregation,
    metrics: sections.map(({ metric }) => metric),
    spread: choice.spread,
    notes: choice.unfinished ? unfinishedNotes(sections) : [],
    significance:
      choice.baseline === null
        ? null
        : { baseline: choice.baseline.name, test: 'welch', alpha: 0.05, correction: 'holm' },
  });
}

/** The comparisons of all metrics as CSV, unrounded: a line a group and metric, published rows last. */
export function comparisonFile(sections: readonly FinalSection[]): string {
  const lines = sections.flatMap(({ metric, rows, published }) => [
    ...rows.map(({ group, result, comparison }) => ({
      metric: metric.metric,
      group: group.name,
      n: result.values.length,
      unfinished: result.unfinished.length,
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
