import { join } from 'node:path';
import { DOUBLE, FLOAT, INTEGER, LIST, listValue } from '@duckdb/node-api';
import type { CategoricalFeature } from '#contract/dataset.ts';
import { OffrecError } from '#contract/errors.ts';
import { quoteName, quotePath, type AppendColumn, type Database } from './database.ts';
import type { FeatureColumn, Interactions } from './dataset.ts';

/** Writes rows as Parquet with the columns user, item, reward and, where known, time and propensity. */
export async function writeInteractions(
  database: Database,
  folder: string,
  file: string,
  log: Interactions,
): Promise<void> {
  const columns: AppendColumn[] = [
    { name: 'user', type: INTEGER, value: (row) => log.users[row]! },
    { name: 'item', type: INTEGER, value: (row) => log.items[row]! },
    { name: 'reward', type: FLOAT, value: (row) => log.rewards[row]! },
  ];
  const { times, propensities } = log;
  if (times !== null) columns.push({ name: 'time', type: DOUBLE, value: (row) => times[row]! });
  if (propensities !== null) {
    columns.push({ name: 'propensity', type: FLOAT, value: (row) => propensities[row]! });
  }
  await database.append(file, columns, log.users.length);
  await database.writeParquet(`SELECT * FROM ${quoteName(file)}`, join(folder, file));
}

/** True when every entity has exactly one value. */
export function isSingleValued(feature: Pick<FeatureColumn, 'offsets'>): boolean {
  return feature.offsets.every((offset, entity) => offset === entity);
}

/** Writes one row an entity: an integer column for single values, a list column for several. */
export async function writeFeatures(
  database: Database,
  folder: string,
  file: string,
  features: readonly FeatureColumn[],
  entities: number,
): Promise<void> {
  const columns = features.map((feature): AppendColumn => {
    if (isSingleValued(feature)) {
      return { name: feature.name, type: INTEGER, value: (row) => feature.values[row]! };
    }
    const codes = (row: number): Int32Array =>
      feature.values.subarray(feature.offsets[row]!, feature.offsets[row + 1]!);
    return { name: feature.name, type: LIST(INTEGER), value: (row) => listValue([...codes(row)]) };
  });
  await database.append(file, columns, entities);
  await database.writeParquet(`SELECT * FROM ${quoteName(file)}`, join(folder, file));
}

function corrupt(path: string, message: string): OffrecError {
  return new OffrecError('corrupt-file', message, {
    where: path,
    hint: 'Remove the dataset and import it again.',
  });
}

async function source(path: string): Promise<string> {
  return `read_parquet(${await quotePath(path)}, hive_partitioning = false)`;
}

async function rowCount(database: Database, from: string): Promise<number> {
  const [row] = await database.rows(`SELECT count(*) AS count FROM ${from}`);
  return Number(row?.['count']);
}

/** What `readInteractions` holds a file to. */
export interface LogShape {
  readonly users: number;
  readonly items: number;
  readonly rows: number;
  readonly hasTime: boolean;
  /** A held-out log may come from another policy, whose propensities nobody recorded. */
  readonly propensities: 'required' | 'absent' | 'if-present';
}

/**
 * Reads rows written by `writeInteractions` (or by the log importer) and checks every value.
 *
 * @throws OffrecError `corrupt-file` when the file does not hold what the manifest says.
 */
export async function readInteractions(
  database: Database,
  path: string,
  shape: LogShape,
): Promise<Interactions> {
  const from = await source(path);
  const present = new Map((await tableColumns(database, path, from)).map((c) => [c.name, c.type]));
  const wanted: [string, string][] = [
    ['user', 'INTEGER'],
    ['item', 'INTEGER'],
    ['reward', 'FLOAT'],
  ];
  if (shape.hasTime) wanted.push(['time', 'DOUBLE']);
  const hasPropensities = shape.propensities === 'required' || present.has('propensity');
  const unexpected =
    present.has('time') && !shape.hasTime
      ? 'time'
      : hasPropensities && shape.propensities === 'absent'
        ? 'propensity'
        : null;
  if (unexpected !== null) {
    throw corrupt(path, `The manifest knows nothing of the file's column ${unexpected}.`);
  }
  if (hasPropensities) wanted.push(['propensity', 'FLOAT']);
  for (const [name, type] of wanted) {
    if (present.get(name) !== type) throw corrupt(path, `The column ${name} (${type}) is missing.`);
  }
  if ((await rowCount(database, from)) !== shape.rows) {
    throw corrupt(path, `The file does not hold the ${shape.rows} rows that its manifest names.`);
  }
  const log = {
    users: new Int32Array(shape.rows),
    items: new Int32Array(shape.rows),
    rewards: new Float32Array(shape.rows),
    times: shape.hasTime ? new Float64Array(shape.rows) : null,
    propensities: hasPropensities ? new Float32Array(shape.rows) : null,
  };
  const targets = [log.users, log.items, log.rewards, log.times, log.propensities].filter(
    (column) => column !== null,
  );
  const names = wanted.map(([name]) => name).join(', ');
  if (!(await database.scanNumbers(`SELECT ${names} FROM ${from}`, targets))) {
    throw corrupt(path, 'The file holds empty cells.');
  }
  checkInteractions(log, shape, path);
  return log;
}

async function tableColumns(
  database: Database,
  path: string,
  from: string,
): Promise<{ name: string; type: string }[]> {
  try {
    return await database.columns(`SELECT * FROM ${from}`);
  } catch (error) {
    if (error instanceof OffrecError && error.code === 'cancelled') throw error;
    throw corrupt(path, 'The file is not readable Parquet.');
  }
}

function checkInteractions(log: Interactions, shape: LogShape, path: string): void {
  for (let row = 0; row < shape.rows; row += 1) {
    const user = log.users[row]!;
    const item = log.items[row]!;
    const finite =
      Number.isFinite(log.rewards[row]) &&
      (log.times === null || Number.isFinite(log.times[row])) &&
      (log.propensities === null || (log.propensities[row]! > 0 && log.propensities[row]! <= 1));
    if (user < 0 || user >= shape.users || item < 0 || item >= shape.items || !finite) {
      throw corrupt(path, `Row ${row} holds a value out of range.`);
    }
  }
}

/** Reads what `writeFeatures` wrote. `entities` is the number of users or items. */
export async function readFeatures(
  database: Database,
  path: string,
  features: readonly CategoricalFeature[],
  entities: number,
): Promise<FeatureColumn[]> {
  const from = await source(path);
  const present = new Map((await tableColumns(database, path, from)).map((c) => [c.name, c.type]));
  if ((await rowCount(database, from)) !== entities) {
    throw corrupt(path, `The file does not hold ${entities} rows.`);
  }
  const columns: FeatureColumn[] = [];
  for (const feature of features) {
    const type = present.get(feature.name);
    if (type !== 'INTEGER' && type !== 'INTEGER[]') {
      throw corrupt(path, `The feature ${feature.name} is missing.`);
    }
    const codes = await readCodes(database, from, feature.name, type === 'INTEGER[]', entities);
    if (codes.values.some((code) => code < 0 || code >= feature.size)) {
      throw corrupt(path, `The feature ${feature.name} holds a code that it does not have.`);
    }
    columns.push({ ...feature, ...codes });
  }
  return columns;
}

async function readCodes(
  database: Database,
  from: string,
  name: string,
  several: boolean,
  entities: number,
): Promise<Pick<FeatureColumn, 'values' | 'offsets'>> {
  const offsets = new Int32Array(entities + 1);
  const column = quoteName(name);
  const length = several ? `coalesce(len(${column}), 0)::INTEGER` : '1';
  await database.scan(`SELECT ${length} FROM ${from}`, (row, value) => {
    offsets[row + 1] = offsets[row]! + (value as number);
  });
  const values = new Int32Array(offsets[entities]!);
  const codes = several ? `unnest(${column})` : column;
  await database.scan(`SELECT ${codes} FROM ${from}`, (row, value) => {
    values[row] = value === null ? -1 : (value as number);
  });
  return { values, offsets };
}
