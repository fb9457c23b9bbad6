import type { Dataset, FeatureColumn } from './dataset.ts';

/** Minimum, quartiles, tenth and ninetieth percentile, and maximum of a count over users or items. */
interface CountQuantiles {
  readonly min: number;
  readonly p10: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p90: number;
  readonly max: number;
  readonly mean: number;
  /** Entities with no row at all. */
  readonly zeros: number;
}

interface HistogramBin {
  /** The bin holds rewards from `from` to below `to`; the last one includes `to`. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

interface CategoryShare {
  readonly code: number;
  readonly label: string | null;
  readonly items: number;
  /** Share of the training rows whose item carries the category. */
  readonly rowShare: number;
}

export interface DatasetStatistics {
  readonly users: number;
  readonly items: number;
  readonly interactions: number;
  readonly testInteractions: number;
  readonly density: number;
  readonly reward: {
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly std: number;
  };
  /** One bin a value when there are at most 20 distinct rewards, else 20 bins of equal width. */
  readonly rewardHistogram: readonly HistogramBin[];
  /** Training rows an item. */
  readonly popularity: CountQuantiles;
  /** Training rows a user. */
  readonly activity: CountQuantiles;
  /** Items by their rows and users by theirs: single counts, or bins that double; `to` is a bin's last count. */
  readonly popularityHistogram: readonly HistogramBin[];
  readonly activityHistogram: readonly HistogramBin[];
  /** Share of the rows that the most popular share of the items has, from (0, 0) to (1, 1). */
  readonly longTail: readonly { readonly itemShare: number; readonly rowShare: number }[];
  /** Of the rows over items: 0 even, 1 all on one. */
  readonly popularityGini: number;
  /** Of the category feature, most rows first; empty without one. */
  readonly categories: readonly CategoryShare[];
}

const maxBins = 20;

/** Describes the training log of a dataset. */
export function datasetStatistics(dataset: Dataset): DatasetStatistics {
  const { train, manifest } = dataset;
  const category = dataset.itemFeatures.find(
    (feature) => feature.name === manifest.categoryFeature,
  );
  const popularity = countRows(train.items, dataset.items);
  const activity = countRows(train.users, dataset.users);
  const longTail = longTailOf(popularity);
  return {
    users: dataset.users,
    items: dataset.items,
    interactions: train.users.length,
    testInteractions: dataset.test?.users.length ?? 0,
    density: manifest.density,
    reward: { ...manifest.reward, std: standardDeviation(train.rewards, manifest.reward.mean) },
    rewardHistogram: histogram(train.rewards),
    popularity: quantiles(popularity),
    activity: quantiles(activity),
    popularityHistogram: countBins(popularity),
    activityHistogram: countBins(activity),
    longTail,
    popularityGini: giniOf(popularity),
    categories:
      category === undefined ? [] : categoryShares(category, popularity, train.users.length),
  };
}

function countRows(ids: Int32Array, entities: number): Int32Array {
  const counts = new Int32Array(entities);
  for (const id of ids) counts[id]! += 1;
  return counts;
}

function standardDeviation(values: Float32Array, mean: number): number {
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length));
}

function quantiles(counts: Int32Array): CountQuantiles {
  const sorted = counts.slice().sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return {
    min: at(0),
    p10: at(0.1),
    p25: at(0.25),
    median: at(0.5),
    p75: at(0.75),
    p90: at(0.9),
    max: at(1),
    mean: counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length),
    zeros: counts.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0),
  };
}

/**
 * One bin a count where they lie close together; otherwise 0, 1, 2 and 3, 4 to 7, … from the first that is not empty.
 * `to` is the last count of a bin.
 */
function countBins(counts: Int32Array): HistogramBin[] {
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const least = counts.reduce((a, b) => Math.min(a, b), most);
  const isNarrow = most - least <= maxBins;
  const binOf = (count: number): number =>
    isNarrow ? count - least : count === 0 ? 0 : Math.floor(Math.log2(count)) + 1;
  const found = new Int32Array(binOf(most) + 1);
  for (const count of counts) found[binOf(count)]! += 1;
  const bins = [...found].map((count, bin) => {
    if (isNarrow) return { from: least + bin, to: least + bin, count };
    return bin === 0
      ? { from: 0, to: 0, count }
      : { from: 2 ** (bin - 1), to: 2 ** bin - 1, count };
  });
  return bins.slice(bins.findIndex(({ count }) => count > 0));
}

const curvePoints = 200;

function longTailOf(counts: Int32Array): { itemShare: number; rowShare: number }[] {
  const falling = counts.slice().sort().reverse();
  const total = Math.max(
    1,
    falling.reduce((sum, count) => sum + count, 0),
  );
  const points = [{ itemShare: 0, rowShare: 0 }];
  const steps = Math.min(curvePoints, falling.length);
  let [sum, at] = [0, 0];
  for (let step = 1; step <= steps; step += 1) {
    const end = Math.round((step / steps) * falling.length);
    for (; at < end; at += 1) sum += falling[at]!;
    points.push({ itemShare: end / falling.length, rowShare: sum / total });
  }
  return points;
}

function giniOf(counts: Int32Array): number {
  const rising = counts.slice().sort();
  const total = rising.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  const weighted = rising.reduce((sum, count, at) => sum + (at + 1) * count, 0);
  return (2 * weighted) / (rising.length * total) - (rising.length + 1) / rising.length;
}

function histogram(rewards: Float32Array): HistogramBin[] {
  const exact = new Map<number, number>();
  for (const reward of rewards) {
    exact.set(reward, (exact.get(reward) ?? 0) + 1);
    if (exact.size > maxBins) return equalBins(rewards);
  }
  return [...exact]
    .sort(([a], [b]) => a - b)
    .map(([value, count]) => ({ from: value, to: value, count }));
}

function equalBins(rewards: Float32Array): HistogramBin[] {
  const min = rewards.reduce((least, reward) => Math.min(least, reward), Infinity);
  const max = rewards.reduce((most, reward) => Math.max(most, reward), -Infinity);
  const width = (max - min) / maxBins;
  const counts = new Int32Array(maxBins);
  for (const reward of rewards)
    counts[Math.min(maxBins - 1, Math.floor((reward - min) / width))]! += 1;
  return [...counts].map((count, bin) => ({
    from: min + bin * width,
    to: bin === maxBins - 1 ? max : min + (bin + 1) * width,
    count,
  }));
}

function categoryShares(
  feature: FeatureColumn,
  popularity: Int32Array,
  rows: number,
): CategoryShare[] {
  const items = new Int32Array(feature.size);
  const counts = new Float64Array(feature.size);
  for (let item = 0; item < popularity.length; item += 1) {
    for (let index = feature.offsets[item]!; index < feature.offsets[item + 1]!; index += 1) {
      items[feature.values[index]!]! += 1;
      counts[feature.values[index]!]! += popularity[item]!;
    }
  }
  return [...items]
    .map((count, code) => ({
      code,
      label: feature.labels?.[code] ?? null,
      items: count,
      rowShare: counts[code]! / Math.max(1, rows),
    }))
    .sort((a, b) => b.rowShare - a.rowShare || a.code - b.code);
}
