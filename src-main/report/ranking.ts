import type { Cell } from './cells.ts';
import type { MetricInfo } from './table-model.ts';

/**
 * Cells that may be compared with each other: one metric on the same data under the same protocol. Reference policies
 * are bounds and no competitors, and what has no protocol of ours is comparable with nothing.
 */
export function scopesOf<Entry extends { readonly cell: Cell }>(
  entries: readonly Entry[],
): Entry[][] {
  const scopes = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { dataset, datasetChecksum, metric, protocolHash, group, mean } = entry.cell;
    if (protocolHash === null || group === 'reference' || mean === null) continue;
    const key = JSON.stringify([dataset, datasetChecksum, metric, protocolHash]);
    scopes.set(key, [...(scopes.get(key) ?? []), entry]);
  }
  return [...scopes.values()];
}

/**
 * Best and second of each scope by what is shown: two that read the same are a tie. One alone has no rank, and a mean
 * without the seeds that diverged is no rival.
 */
export function ranksOf(
  shown: readonly { readonly cell: Cell; readonly mean: string }[],
  metrics: readonly MetricInfo[],
): Map<Cell, 'best' | 'second'> {
  const ranks = new Map<Cell, 'best' | 'second'>();
  for (const all of scopesOf(shown)) {
    const scope = all.filter(({ cell }) => cell.diverged === 0);
    const direction = directionOf(scope[0]?.cell, metrics);
    if (direction === 'none' || scope.length < 2) continue;
    const sign = direction === 'max' ? -1 : 1;
    const scores = scope.map(({ mean }) => sign * Number(mean));
    const [best, second] = [...new Set(scores)].sort((a, b) => a - b);
    scope.forEach(({ cell }, at) => {
      if (scores[at] === best) ranks.set(cell, 'best');
      else if (scores[at] === second) ranks.set(cell, 'second');
    });
  }
  return ranks;
}

export const directionOf = (
  cell: Cell | undefined,
  metrics: readonly MetricInfo[],
): MetricInfo['direction'] =>
  metrics.find(({ metric }) => metric === cell?.metric)?.direction ?? 'none';
