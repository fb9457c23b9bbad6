import type { Published } from '#contract/published.ts';
import { obstacles, type OwnSetting } from '#report/published.ts';
import type { RunGroup } from './compare-groups.ts';

/** A published value beside the curves of one metric. */
export interface PublishedLevel {
  readonly name: string;
  readonly method: string;
  readonly value: number;
  /** False when something that decides what the number means is another there. */
  readonly isComparable: boolean;
  readonly source: string;
  /** Why it is not comparable; empty when it is. */
  readonly differences: readonly string[];
}

export type DatasetKinds = ReadonlyMap<
  string,
  { readonly kind: string; readonly groundTruth: string }
>;

/** The datasets and protocols that groups were evaluated under, each once. */
export function settingsOf(groups: readonly RunGroup[], kinds: DatasetKinds): OwnSetting[] {
  const settings = new Map<string, OwnSetting>();
  for (const { spec, protocolHash } of groups.flatMap(({ rows }) => rows)) {
    const dataset = kinds.get(spec.dataset);
    if (dataset === undefined) continue;
    const key = `${spec.dataset} ${protocolHash}`;
    settings.set(key, {
      ...dataset,
      dataset: spec.dataset,
      protocol: spec.protocol,
      protocolHash,
    });
  }
  return [...settings.values()];
}

const aggregation = 'all-epochs';

/**
 * Published means over all epochs of a metric that is logged along training. They stand among the curves when they
 * may be compared with any of them.
 */
export function levelsOf(
  published: readonly Published[],
  settings: readonly OwnSetting[],
  metric: string,
): PublishedLevel[] {
  if (!metric.startsWith('eval/')) return [];
  const name = metric.slice('eval/'.length);
  return published.flatMap((file) => {
    const own = settings.filter(({ kind }) => kind === file.dataset.kind);
    if (own.length === 0) return [];
    const differences = own.map((each) => obstacles(file, each, aggregation));
    const least = differences.reduce((a, b) => (b.length < a.length ? b : a));
    return file.rows.flatMap(({ label, method, values }): PublishedLevel[] => {
      const figure = values[aggregation]?.[name];
      if (figure === undefined) return [];
      const source = `${file.title}: ${file.source}`;
      const isComparable = least.length === 0;
      return [
        { name: label, method, value: figure.mean, isComparable, source, differences: least },
      ];
    });
  });
}

/** Where the levels are from, and why some stand at the margin. */
export function sourceNotes(levels: readonly PublishedLevel[]): string[] {
  return [...new Map(levels.map((level) => [level.source, level])).values()].map(
    ({ source, isComparable, differences }) =>
      isComparable
        ? `Dashed lines: ${source}.`
        : `Dotted at the margin, not to be compared with these runs: ${source} (${differences.join('; ')}).`,
  );
}
