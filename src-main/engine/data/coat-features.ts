import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetWarning } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import { readAsciiMatrix } from './ascii-matrix.ts';
import type { FeatureColumn } from './dataset.ts';
import { exists } from './files.ts';

/** One-hot groups of the publisher's feature files, in column order. */
interface OneHotGroup {
  readonly name: string;
  readonly size: number;
}

const coatUserGroups: readonly OneHotGroup[] = [
  { name: 'gender', size: 2 },
  { name: 'age', size: 6 },
  { name: 'location', size: 3 },
  { name: 'fashioninterest', size: 3 },
];

const coatItemGroups: readonly OneHotGroup[] = [
  { name: 'gender', size: 2 },
  { name: 'jackettype', size: 16 },
  { name: 'colour', size: 13 },
  { name: 'onfrontpage', size: 2 },
];

/** Features of one kind of entity, and what was noticed on the way. */
export interface CoatFeatures {
  readonly features: readonly FeatureColumn[];
  readonly warnings: readonly DatasetWarning[];
}

/**
 * Reads `user_features.ascii` or `item_features.ascii` with its map of names, from the subfolder
 * `user_item_features` or from `folder` itself. Without the file there are no features and a warning.
 */
export async function readCoatFeatures(
  folder: string,
  kind: 'user' | 'item',
  entities: number,
): Promise<CoatFeatures> {
  const groups = kind === 'user' ? coatUserGroups : coatItemGroups;
  const file = `${kind}_features.ascii`;
  const path = await findFeatureFile(folder, file);
  if (path === null) {
    const message = `There is no ${file}: the dataset has no ${kind} features.`;
    return { features: [], warnings: [{ code: `no-${kind}-features`, message }] };
  }
  const columns = groups.reduce((sum, group) => sum + group.size, 0);
  const rules = { rows: entities, columns, min: 0, max: 1, whole: true };
  const matrix = await readAsciiMatrix(path, rules);
  const labels = await readLabels(path.replace(/\.ascii$/, '_map.txt'), columns);
  let first = 0;
  const features = groups.map((group) => {
    const codes = decodeGroup(matrix, columns, first, group, path);
    const named = labels === null ? {} : { labels: labels.slice(first, first + group.size) };
    first += group.size;
    return {
      ...group,
      ...named,
      values: codes,
      offsets: Int32Array.from({ length: entities + 1 }, (_, i) => i),
    };
  });
  return { features, warnings: [] };
}

async function findFeatureFile(folder: string, file: string): Promise<string | null> {
  for (const path of [join(folder, 'user_item_features', file), join(folder, file)]) {
    if (await exists(path)) return path;
  }
  return null;
}

function decodeGroup(
  matrix: Float64Array,
  columns: number,
  first: number,
  group: OneHotGroup,
  path: string,
): Int32Array {
  const codes = new Int32Array(matrix.length / columns);
  for (let entity = 0; entity < codes.length; entity += 1) {
    const start = entity * columns + first;
    const bits = matrix.subarray(start, start + group.size);
    if (bits.reduce((sum, bit) => sum + bit, 0) !== 1) {
      throw new OffrecError(
        'invalid-input',
        `The columns ${first + 1} to ${first + group.size} (${group.name}) must hold exactly one 1.`,
        { where: `${path}:${entity + 1}`, hint: 'Use the publisher’s file as downloaded.' },
      );
    }
    codes[entity] = bits.indexOf(1);
  }
  return codes;
}

/** Value names from lines such as `jackettype:bomber`; null when the file is absent or does not fit. */
async function readLabels(path: string, columns: number): Promise<string[] | null> {
  if (!(await exists(path))) return null;
  const lines = (await readFile(path, 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length !== columns) return null;
  return lines.map((line) =>
    line
      .slice(line.indexOf(':') + 1)
      .trim()
      .slice(0, 200),
  );
}
