import type { RandomStream } from '#engine/compute/random.ts';
import type { Interactions } from './dataset.ts';

export interface FactorisationOptions {
  readonly users: number;
  readonly items: number;
  readonly factors: number;
  /** Ridge penalty on the factors of one user or item. */
  readonly ridge: number;
  /** Ridge penalty on biases: acts like that many extra rows with the mean reward. As `ridge` by default. */
  readonly biasRidge?: number | undefined;
  /** Sweeps over users and items. */
  readonly iterations: number;
  /** Draws the starting item factors. */
  readonly random: RandomStream;
}

/** Solves the positive definite system `matrix x = vector` (n x n, row-major) in place by Cholesky. */
function solveInPlace(matrix: Float64Array, vector: Float64Array): void {
  const n = vector.length;
  for (let row = 0; row < n; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      let sum = matrix[row * n + column]!;
      for (let k = 0; k < column; k += 1) sum -= matrix[row * n + k]! * matrix[column * n + k]!;
      matrix[row * n + column] =
        row === column ? Math.sqrt(sum) : sum / matrix[column * n + column]!;
    }
  }
  for (let row = 0; row < n; row += 1) {
    let sum = vector[row]!;
    for (let k = 0; k < row; k += 1) sum -= matrix[row * n + k]! * vector[k]!;
    vector[row] = sum / matrix[row * n + row]!;
  }
  for (let row = n - 1; row >= 0; row -= 1) {
    let sum = vector[row]!;
    for (let k = row + 1; k < n; k += 1) sum -= matrix[k * n + row]! * vector[k]!;
    vector[row] = sum / matrix[row * n + row]!;
  }
}

/** Rows of a log grouped by one side: rows of entity e are `order[starts[e] .. starts[e + 1])`. */
function groupRows(ids: Int32Array, entities: number): { order: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(entities + 1);
  for (const id of ids) starts[id + 1]! += 1;
  for (let entity = 0; entity < entities; entity += 1) starts[entity + 1]! += starts[entity]!;
  const next = starts.slice();
  const order = new Int32Array(ids.length);
  for (let row = 0; row < ids.length; row += 1) {
    const id = ids[row]!;
    order[next[id]!] = row;
    next[id]! += 1;
  }
  return { order, starts };
}

/**
 * One half sweep: for every entity of one side, the exact minimiser of
 * `sum (target - bias - f . g)^2 + biasRidge bias^2 + ridge |f|^2` given the other side. Each side's
 * table holds `factors + 1` numbers an entity, the bias last.
 */
function halfSweep(
  side: { ids: Int32Array; table: Float64Array; entities: number },
  other: { ids: Int32Array; table: Float64Array },
  targets: Float64Array,
  options: FactorisationOptions,
): void {
  const { factors, ridge, biasRidge = ridge } = options;
  const width = factors + 1;
  const { order, starts } = groupRows(side.ids, side.entities);
  const normal = new Float64Array(width * width);
  const features = new Float64Array(width);
  for (let entity = 0; entity < side.entities; entity += 1) {
    const right = side.table.subarray(entity * width, (entity + 1) * width);
    normal.fill(0);
    right.fill(0);
    for (let k = 0; k < width; k += 1) normal[k * width + k] = k === factors ? biasRidge : ridge;
    for (let position = starts[entity]!; position < starts[entity + 1]!; position += 1) {
      const row = order[position]!;
      const from = other.ids[row]! * width;
      for (let k = 0; k < factors; k += 1) features[k] = other.table[from + k]!;
      features[factors] = 1;
      const target = targets[row]! - other.table[from + factors]!;
      for (let a = 0; a < width; a += 1) {
        right[a]! += features[a]! * target;
        for (let b = 0; b <= a; b += 1) normal[a * width + b]! += features[a]! * features[b]!;
      }
    }
    solveInPlace(normal, right);
  }
}

/**
 * Fits `r_ui = mean + b_u + c_i + p_u . q_i` by alternating least squares and predicts every pair.
 *
 * @returns users x items, row-major.
 */
export function factoriseMatrix(
  log: Pick<Interactions, 'users' | 'items' | 'rewards'>,
  options: FactorisationOptions,
): Float32Array {
  const { users, items, factors, random } = options;
  const width = factors + 1;
  const mean =
    log.rewards.reduce((sum, reward) => sum + reward, 0) / Math.max(1, log.rewards.length);
  const targets = Float64Array.from(log.rewards, (reward) => reward - mean);
  const userSide = { ids: log.users, table: new Float64Array(users * width), entities: users };
  const itemSide = { ids: log.items, table: new Float64Array(items * width), entities: items };
  for (let index = 0; index < itemSide.table.length; index += 1) {
    itemSide.table[index] = index % width === factors ? 0 : 0.1 * random.normal();
  }
  for (let sweep = 0; sweep < options.iterations; sweep += 1) {
    halfSweep(userSide, itemSide, targets, options);
    halfSweep(itemSide, userSide, targets, options);
  }
  return predictAll(mean, userSide.table, itemSide.table, width);
}

function predictAll(
  mean: number,
  userTable: Float64Array,
  itemTable: Float64Array,
  width: number,
): Float32Array {
  const users = userTable.length / width;
  const items = itemTable.length / width;
  const predictionsUI = new Float32Array(users * items);
  for (let user = 0; user < users; user += 1) {
    for (let item = 0; item < items; item += 1) {
      let sum = mean + userTable[user * width + width - 1]! + itemTable[item * width + width - 1]!;
      for (let k = 0; k < width - 1; k += 1) {
        sum += userTable[user * width + k]! * itemTable[item * width + k]!;
      }
      predictionsUI[user * items + item] = sum;
    }
  }
  return predictionsUI;
}
