export interface MetricFamily {
  readonly name: string;
  readonly metrics: readonly string[];
}

/** What a metric belongs to: the part of its name before the first slash. */
const familyOf = (metric: string): string =>
  metric.includes('/') ? metric.slice(0, metric.indexOf('/')) : 'other';

/** What a reader looks at first comes first; what is not named here comes after, by name, and the machine last. */
const order = ['eval', 'train', 'diagnostics', 'world-model', 'final'];
const rankOf = (family: string): number => {
  if (family === 'system') return order.length + 1;
  const rank = order.indexOf(family);
  return rank < 0 ? order.length : rank;
};

/** Metrics by family; those that the reader pinned make the first one. */
export function metricFamilies(
  metrics: readonly string[],
  pinned: readonly string[],
): MetricFamily[] {
  const families = new Map<string, string[]>();
  for (const metric of metrics) {
    const family = familyOf(metric);
    const members = families.get(family);
    if (members === undefined) families.set(family, [metric]);
    else members.push(metric);
  }
  const rest = [...families]
    .map(([name, members]) => ({ name, metrics: members }))
    .sort((a, b) => rankOf(a.name) - rankOf(b.name) || (a.name < b.name ? -1 : 1));
  const kept = pinned.filter((metric) => metrics.includes(metric));
  return kept.length === 0 ? rest : [{ name: 'pinned', metrics: kept }, ...rest];
}

export type ChartRow =
  | {
      readonly kind: 'family';
      readonly name: string;
      readonly count: number;
      readonly open: boolean;
    }
  | { readonly kind: 'charts'; readonly family: string; readonly metrics: readonly string[] };

/** Families with the rows of charts of those that are open, `columns` a row. */
export function chartRows(
  families: readonly MetricFamily[],
  closed: ReadonlySet<string>,
  columns: number,
): ChartRow[] {
  return families.flatMap(({ name, metrics }): ChartRow[] => {
    const open = !closed.has(name);
    const head: ChartRow = { kind: 'family', name, count: metrics.length, open };
    if (!open) return [head];
    const rows = Array.from({ length: Math.ceil(metrics.length / columns) }, (_, row) => ({
      kind: 'charts' as const,
      family: name,
      metrics: metrics.slice(row * columns, (row + 1) * columns),
    }));
    return [head, ...rows];
  });
}
