import { open } from 'node:fs/promises';
import { OffrecError } from '#contract/errors.ts';
import { quoteName, quotePath, type Database } from '../database.ts';
import { translateFileError } from '../files.ts';
import type { Sample } from './format.ts';
import type { RowSource } from './source.ts';

const sampleRows = 200;

async function checkMagic(path: string): Promise<void> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw translateFileError(error, path);
  });
  try {
    const { size } = await handle.stat();
    const ends = Buffer.alloc(8);
    if (size >= 12) {
      await handle.read(ends, 0, 4, 0);
      await handle.read(ends, 4, 4, size - 4);
    }
    if (ends.toString('latin1') !== 'PAR1PAR1') throw corrupt(path, null);
  } finally {
    await handle.close();
  }
}

function corrupt(path: string, cause: unknown): OffrecError {
  return new OffrecError('corrupt-file', 'The file is not complete, readable Parquet.', {
    where: path,
    hint: 'Download or write it again.',
    cause,
  });
}

/** Runs a read of the file; what fails in it is the file's fault. */
async function reading<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const foreign = error instanceof OffrecError && error.code === 'invalid-input';
    throw foreign ? corrupt(path, error) : error;
  }
}

async function readCall(path: string): Promise<string> {
  return `read_parquet(${await quotePath(path)}, hive_partitioning = false, binary_as_string = true)`;
}

const asText = (column: string): string => `CAST(${quoteName(column)} AS VARCHAR)`;

/** Columns and first rows of a Parquet file, values as text. */
export async function readParquetSample(path: string, database: Database): Promise<Sample> {
  await checkMagic(path);
  const from = await readCall(path);
  return reading(path, async () => {
    const columns = (await database.columns(`SELECT * FROM ${from}`)).map((column) => column.name);
    const select = columns.map((column, index) => `${asText(column)} AS c${index}`);
    const rows = await database.rows(
      `SELECT ${select.join(', ')} FROM ${from} LIMIT ${sampleRows}`,
    );
    const values = rows.map((row) =>
      columns.map((_, index) => (row[`c${index}`] ?? null) as string | null),
    );
    return { columns, rows: values };
  });
}

/** Prepares a Parquet file for the database. */
export async function openParquet(
  path: string,
  sample: Sample,
  database: Database,
): Promise<RowSource> {
  const from = await readCall(path);
  const [count] = await reading(path, () => database.rows(`SELECT count(*) AS rows FROM ${from}`));
  return {
    file: path,
    format: 'parquet',
    columns: sample.columns,
    rows: Number(count?.['rows']),
    broken: { count: 0, examples: [] },
    from,
    invalid: null,
    text: asText,
    locate: async (rows) => rows.map((row) => row + 1),
  };
}
