import type { Dataset, FeatureColumn } from '#engine/data/dataset.ts';

/**
 * The categorical inputs of a reward model: the user's fields, then the item's. All fields lie in one
 * embedding table; a code is a row of that table. A feature with several values an entity takes as many
 * fields as its longest entity has values, which share their rows and a padding row.
 */
export interface FieldLayout {
  /** Rows of the shared table. */
  readonly rows: number;
  readonly userFields: number;
  readonly itemFields: number;
  /** Table rows of each user's fields, [users, userFields] row-major. */
  readonly userCodes: Int32Array;
  /** Table rows of each item's fields, [items, itemFields] row-major. */
  readonly itemCodes: Int32Array;
}

interface FieldBlock {
  readonly width: number;
  readonly rows: number;
  code(entity: number, position: number): number;
}

function identifierBlock(count: number): FieldBlock {
  return { width: 1, rows: count, code: (entity) => entity };
}

function featureBlock(feature: FeatureColumn): FieldBlock {
  let width = 1;
  let padded = false;
  for (let entity = 0; entity + 1 < feature.offsets.length; entity++) {
    const values = feature.offsets[entity + 1]! - feature.offsets[entity]!;
    if (values !== 1) padded = true;
    if (values > width) width = values;
  }
  return {
    width,
    rows: feature.size + (padded ? 1 : 0),
    code(entity, position) {
      const at = feature.offsets[entity]! + position;
      return at < feature.offsets[entity + 1]! ? feature.values[at]! : feature.size;
    },
  };
}

function layCodes(blocks: readonly FieldBlock[], entities: number, firstRow: number): Int32Array {
  const width = blocks.reduce((sum, block) => sum + block.width, 0);
  const codes = new Int32Array(entities * width);
  for (let entity = 0; entity < entities; entity++) {
    let at = entity * width;
    let row = firstRow;
    for (const block of blocks) {
      for (let position = 0; position < block.width; position++) {
        codes[at++] = row + block.code(entity, position);
      }
      row += block.rows;
    }
  }
  return codes;
}

/** Identifiers and all categorical features of users and items. */
export function fieldLayout(dataset: Dataset): FieldLayout {
  const userBlocks = [identifierBlock(dataset.users), ...dataset.userFeatures.map(featureBlock)];
  const itemBlocks = [identifierBlock(dataset.items), ...dataset.itemFeatures.map(featureBlock)];
  const sum = (blocks: readonly FieldBlock[], key: 'rows' | 'width') =>
    blocks.reduce((total, block) => total + block[key], 0);
  const userRows = sum(userBlocks, 'rows');
  return {
    rows: userRows + sum(itemBlocks, 'rows'),
    userFields: sum(userBlocks, 'width'),
    itemFields: sum(itemBlocks, 'width'),
    userCodes: layCodes(userBlocks, dataset.users, 0),
    itemCodes: layCodes(itemBlocks, dataset.items, userRows),
  };
}

/** Writes the field codes of pair (user, item) into `out[row]`, a row of userFields + itemFields codes. */
export function writePairCodes(
  layout: FieldLayout,
  out: Int32Array,
  row: number,
  user: number,
  item: number,
): void {
  const { userFields, itemFields, userCodes, itemCodes } = layout;
  let at = row * (userFields + itemFields);
  for (let field = 0; field < userFields; field++)
    out[at++] = userCodes[user * userFields + field]!;
  for (let field = 0; field < itemFields; field++)
    out[at++] = itemCodes[item * itemFields + field]!;
}
