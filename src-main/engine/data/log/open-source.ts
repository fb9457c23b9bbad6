import { resolve } from 'node:path';
import type { Database } from '../database.ts';
import type { ImportControl } from '../progress.ts';
import type { CsvDialect } from './csv.ts';
import { openCsv } from './csv-source.ts';
import { guessFormat, readDialect, type Sample } from './format.ts';
import { openJson, readJsonSample } from './json-source.ts';
import { openParquet, readParquetSample } from './parquet-source.ts';
import type { LogFormat, RowSource, TextEncoding } from './source.ts';
import { readHead, type FileHead } from './text-file.ts';

/** What is known of a file before it is opened; what is absent is found out. */
export interface FileOptions {
  readonly format?: LogFormat | undefined;
  readonly delimiter?: string | undefined;
  readonly header?: boolean | undefined;
  readonly encoding?: TextEncoding | undefined;
}

/** A file whose format, columns and first rows are known. */
export interface InspectedFile {
  readonly file: string;
  readonly format: LogFormat;
  readonly sample: Sample;
  readonly head: FileHead;
  readonly dialect: CsvDialect | null;
  readonly encoding: 'utf8' | 'latin1';
}

/** Reads the first rows of a file and finds out its format. `expected` are names of columns. */
export async function inspectFile(
  path: string,
  options: FileOptions,
  expected: readonly string[],
  database: Database,
): Promise<InspectedFile> {
  const file = resolve(path);
  const head = await readHead(file);
  const format = options.format ?? guessFormat(file, head);
  const encoding = options.encoding === 'latin-1' ? 'latin1' : 'utf8';
  const known = { file, format, head, encoding } as const;
  if (format === 'parquet')
    return { ...known, dialect: null, sample: await readParquetSample(file, database) };
  if (format === 'jsonl')
    return { ...known, dialect: null, sample: readJsonSample(file, head, encoding) };
  const { dialect, sample } = readDialect(file, head, { ...options, format, encoding, expected });
  return { ...known, dialect, sample };
}

/** Checks the whole file's structure and prepares it for the database. */
export async function openSource(
  inspected: InspectedFile,
  scratch: string,
  database: Database,
  control: ImportControl,
): Promise<RowSource> {
  const { file, format, head, sample, dialect, encoding } = inspected;
  const { columns } = sample;
  if (format === 'parquet') return openParquet(file, sample, database);
  if (dialect === null) return openJson({ file, columns, head, encoding, scratch }, control);
  return openCsv({ file, format, dialect, columns, head, encoding, scratch }, control);
}
