import type { FeatureColumn, Interactions } from '#engine/data/dataset.ts';
import type { EpisodeLog } from './collector.ts';

/** What one evaluation of a policy says. Names as in the published logs where there are such. */
export interface EvaluationMetrics {
  /** R_tra or R_cumu: mean over episodes of the summed reward. */
  readonly rTra: number;
  /** R_each: summed reward over summed length, a ratio of sums. */
  readonly rEach: number;
  readonly length: number;
  /** CV: distinct items recommended over items of the catalogue. */
  readonly coverage: number;
  /** CV_turn: distinct items recommended over recommendations. */
  readonly coverageTurn: number;
  /** Mean −ln of the item's share of the training log (add-one smoothed). */
  readonly novelty: number;
  /** Majority category domination: share of recommendations with a dominated tag; null without tags. */
  readonly mcd: number | null;
  /** Sample standard deviation of the episodes' returns. */
  readonly returnStd: number;
}

/**
 * Tags that dominate the training log: sorted by share, kept until the cumulative share first exceeds
 * `topRate`; the tag that exceeds it is left out, and at least one is kept. Ties go to the smaller tag.
 */
export function dominatedTags(countsByTag: ArrayLike<number>, topRate = 0.8): Set<number> {
  const tags = Array.from(countsByTag, (count, tag) => ({ count, tag }))
    .filter(({ count }) => count > 0)
    .sort((left, right) => right.count - left.count || left.tag - right.tag);
  const total = tags.reduce((sum, { count }) => sum + count, 0);
  const kept = new Set<number>();
  let cumulative = 0;
  for (const { count, tag } of tags) {
    cumulative += count;
    // Shares such as .5 + .25 are compared as counts so that rounding cannot decide.
    if (kept.size > 0 && cumulative > topRate * total) break;
    kept.add(tag);
  }
  return kept;
}

/** How often each tag occurs over the rows of a log whose reward reaches `positiveFrom`. */
export function tagCounts(
  log: Interactions,
  tags: FeatureColumn,
  positiveFrom: number,
): Float64Array {
  const counts = new Float64Array(tags.size);
  for (let row = 0; row < log.items.length; row++) {
    if (log.rewards[row]! < positiveFrom) continue;
    const item = log.items[row]!;
    for (let at = tags.offsets[item]!; at < tags.offsets[item + 1]!; at++) {
      counts[tags.values[at]!]!++;
    }
  }
  return counts;
}

/** −ln of each item's share of the training log, add-one smoothed, [items]. */
export function itemNovelty(log: Interactions, items: number): Float64Array {
  const counts = new Float64Array(items).fill(1);
  for (const item of log.items) counts[item]!++;
  const total = log.items.length + items;
  return counts.map((count) => -Math.log(count / total));
}

/** What the metrics need to know of the catalogue, computed once per dataset. */
export interface CatalogueStatistics {
  readonly items: number;
  readonly novelty: Float64Array;
  readonly tags: FeatureColumn | null;
  readonly dominated: ReadonlySet<number>;
}

export function evaluateEpisodes(
  log: EpisodeLog,
  catalogue: CatalogueStatistics,
): EvaluationMetrics {
  const { users, lengths, itemsET, rewardsET, maxLength } = log;
  const seen = new Uint8Array(catalogue.items);
  const returns = new Float64Array(users.length);
  let steps = 0;
  let novelty = 0;
  let dominated = 0;
  for (let episode = 0; episode < users.length; episode++) {
    const start = episode * maxLength;
    for (let at = start; at < start + lengths[episode]!; at++) {
      const item = itemsET[at]!;
      seen[item] = 1;
      returns[episode]! += rewardsET[at]!;
      novelty += catalogue.novelty[item]!;
      if (isDominated(item, catalogue)) dominated++;
    }
    steps += lengths[episode]!;
  }
  const distinct = seen.reduce((sum, flag) => sum + flag, 0);
  const total = returns.reduce((sum, value) => sum + value, 0);
  return {
    rTra: total / users.length,
    rEach: total / steps,
    length: steps / users.length,
    coverage: distinct / catalogue.items,
    coverageTurn: distinct / steps,
    novelty: novelty / steps,
    mcd: catalogue.tags === null ? null : dominated / steps,
    returnStd: sampleStandardDeviation(returns),
  };
}

function isDominated(item: number, { tags, dominated }: CatalogueStatistics): boolean {
  if (tags === null) return false;
  for (let at = tags.offsets[item]!; at < tags.offsets[item + 1]!; at++) {
    if (dominated.has(tags.values[at]!)) return true;
  }
  return false;
}

/** Standard deviation with divisor n − 1; 0 for a single value. */
export function sampleStandardDeviation(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squared = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squared / (values.length - 1));
}
