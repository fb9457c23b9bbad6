import type { RandomStream, RandomStreams } from '#engine/compute/random.ts';
import type { FeatureColumn } from './dataset.ts';
import type { SyntheticOptions } from './synthetic-options.ts';

/** The hidden side of a synthetic world. */
export interface SyntheticTruth {
  /** True mean reward, users x items, row-major, on the world's scale. */
  readonly rewardsUI: Float32Array;
  /** The same standardised to mean 0 and variance 1, before the squashing into the scale. */
  readonly appealUI: Float32Array;
  /** Quality of each item, standard normal. */
  readonly quality: Float64Array;
  readonly categories: FeatureColumn;
}

const secondCategoryShare = 1 / 3;

/**
 * Draws a world: `appeal_ui = w_q quality_i + w_c mean taste_u of the item's categories + w_t p_u . q_i`,
 * standardised, and `reward = min + (max - min) sigmoid(appeal - 1/2)`.
 */
export function drawTruth(options: SyntheticOptions, streams: RandomStreams): SyntheticTruth {
  const { users, items, factors } = options;
  const categories = drawCategories(options, streams.stream('categories'));
  const quality = normals(streams.stream('quality'), items);
  const tasteUC = normals(streams.stream('category-taste'), users * options.categories);
  const userFactors = normals(streams.stream('user-factors'), users * factors);
  const itemFactors = normals(streams.stream('item-factors'), items * factors);
  const appealUI = new Float32Array(users * items);
  for (let user = 0; user < users; user += 1) {
    for (let item = 0; item < items; item += 1) {
      let match = 0;
      for (let k = 0; k < factors; k += 1) {
        match += userFactors[user * factors + k]! * itemFactors[item * factors + k]!;
      }
      appealUI[user * items + item] =
        options.qualityWeight * quality[item]! +
        options.categoryWeight *
          categoryTaste(categories, tasteUC, user * options.categories, item) +
        (options.tasteWeight * match) / Math.sqrt(factors);
    }
  }
  standardise(appealUI);
  const span = options.rewardMax - options.rewardMin;
  const rewardsUI = appealUI.map(
    (appeal) => options.rewardMin + span / (1 + Math.exp(0.5 - appeal)),
  );
  return { rewardsUI, appealUI, quality, categories };
}

function normals(stream: RandomStream, count: number): Float64Array {
  return Float64Array.from({ length: count }, () => stream.normal());
}

/** Big categories are several times as large as small ones; every category has at least one item. */
function drawCategories(options: SyntheticOptions, stream: RandomStream): FeatureColumn {
  const { items, categories } = options;
  const weights = Array.from({ length: categories }, (_, category) => 1 / Math.sqrt(category + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const draw = (): number => {
    let rest = stream.uniform() * total;
    const found = weights.findIndex((weight) => (rest -= weight) < 0);
    return found === -1 ? categories - 1 : found;
  };
  const values: number[] = [];
  const offsets = new Int32Array(items + 1);
  for (let item = 0; item < items; item += 1) {
    const drawn = draw();
    const first = item < categories ? item : drawn;
    values.push(first);
    const second = draw();
    if (stream.uniform() < secondCategoryShare && second !== first) values.push(second);
    offsets[item + 1] = values.length;
  }
  const labels = Array.from({ length: categories }, (_, category) => `category ${category + 1}`);
  return { name: 'category', size: categories, labels, values: Int32Array.from(values), offsets };
}

function categoryTaste(
  categories: FeatureColumn,
  tasteUC: Float64Array,
  start: number,
  item: number,
): number {
  const first = categories.offsets[item]!;
  const end = categories.offsets[item + 1]!;
  let sum = 0;
  for (let index = first; index < end; index += 1)
    sum += tasteUC[start + categories.values[index]!]!;
  return sum / Math.max(1, end - first);
}

function standardise(values: Float32Array): void {
  let sum = 0;
  let squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  const deviation = Math.sqrt(Math.max(1e-12, squares / values.length - mean * mean));
  for (let index = 0; index < values.length; index += 1) {
    values[index] = (values[index]! - mean) / deviation;
  }
}
