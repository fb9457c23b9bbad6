import type { Published } from '#contract/published.ts';
import type { MetricInfo } from '#report/table-model.ts';
import { obstacles, type OwnSetting } from '#report/published.ts';
import type { Aggregation } from '#contract/protocol.ts';
import {
  compareAll,
  groupResult,
  type Comparison,
  type Condensation,
  type GroupResult,
  type Reading,
  type Summaries,
} from './compare-final.ts';
import type { ShownGroup } from './compare-groups.ts';

/** One line of the final table: a group in one metric. */
export interface FinalRow {
  readonly group: ShownGroup;
  readonly result: GroupResult;
  /** Null for the baseline itself, and while there is none. */
  readonly comparison: Comparison | null;
  readonly place: 'best' | 'second' | null;
}

export interface PublishedRow {
  readonly label: string;
  readonly mean: number;
  readonly std: number | null;
  readonly source: string;
  readonly differences: readonly string[];
}

export interface FinalSection {
  readonly metric: MetricInfo;
  readonly rows: readonly FinalRow[];
  readonly published: readonly PublishedRow[];
}

function placesOf(
  results: readonly GroupResult[],
  { direction, digits }: MetricInfo,
): FinalRow['place'][] {
  // Ranked by what is shown: two that read the same are a tie. A mean without the seeds that diverged is no rival.
  const shown = results.map(({ mean, diverged }) =>
    mean === null || diverged > 0 ? null : Number(mean.toFixed(digits)),
  );
  const present = [...new Set(shown.filter((mean) => mean !== null))].sort((a, b) =>
    direction === 'min' ? a - b : b - a,
  );
  if (direction === 'none' || shown.filter((mean) => mean !== null).length < 2) {
    return results.map(() => null);
  }
  return shown.map((mean) => {
    if (mean === null) return null;
    if (mean === present[0]) return 'best';
    return mean === present[1] ? 'second' : null;
  });
}

const aggregations: Readonly<Record<Condensation, Aggregation | null>> = {
  final: 'final',
  'all-epochs': 'all-epochs',
  'last-quarter': 'last-quarter',
  best: null,
};

/** What tables call it; null for best points, which they do not have. */
export const aggregationOf = (condensation: Condensation): Aggregation | null =>
  aggregations[condensation];

function publishedRows(
  files: readonly Published[],
  own: OwnSetting | null,
  metric: string,
  condensation: Condensation,
): PublishedRow[] {
  const aggregation = aggregationOf(condensation);
  if (own === null || aggregation === null) return [];
  return files
    .filter(({ dataset }) => dataset.kind === own.kind)
    .flatMap((file) =>
      file.rows.flatMap(({ label, values }): PublishedRow[] => {
        const figure = values[aggregation]?.[metric];
        if (figure === undefined) return [];
        const source = `${file.title}: ${file.source}`;
        const differences = obstacles(file, own, aggregation);
        return [{ label, mean: figure.mean, std: figure.std ?? null, source, differences }];
      }),
    );
}

export interface FinalChoice extends Reading {
  readonly metrics: readonly MetricInfo[];
  /** The group that the others are compared with, where it is in the block. */
  readonly baseline: string | null;
  readonly published: readonly Published[];
  readonly setting: OwnSetting | null;
}

/** The final table of one block: every metric with every group, compared with the block's baseline. */
export function finalSections(
  block: { readonly groups: readonly ShownGroup[] },
  summaries: Summaries,
  choice: FinalChoice,
): FinalSection[] {
  const at = block.groups.findIndex(({ id }) => id === choice.baseline);
  const read = choice.metrics.map((metric) => {
    const results = block.groups.map((group) =>
      groupResult(group, summaries, metric.metric, choice),
    );
    const baseline = results[at];
    return { metric, results, rivals: results.filter((result) => result !== baseline), baseline };
  });
  const compared = compareAll(
    read.flatMap(({ metric: { direction }, rivals, baseline }) =>
      baseline === undefined ? [] : [{ baseline, rivals, direction }],
    ),
  );
  const { published, setting, condensation } = choice;
  return read.map(({ metric, results, rivals }, index) => {
    const places = placesOf(results, metric);
    const rows = block.groups.flatMap((group, place): FinalRow[] => {
      const result = results[place];
      if (result === undefined) return [];
      const comparison = compared[index]?.[rivals.indexOf(result)] ?? null;
      return [{ group, result, comparison, place: places[place] ?? null }];
    });
    const cited = publishedRows(published, setting, metric.metric, condensation);
    return { metric, rows, published: cited };
  });
}
