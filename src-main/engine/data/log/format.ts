import { extname } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { findRecord, splitRecord, type CsvDialect } from './csv.ts';
import type { LogFormat } from './source.ts';
import type { FileHead } from './text-file.ts';

const sampleRecords = 200;
const maxColumns = 4096;
const delimiters = ['\t', ',', ';', '|', '::'];

/** What a column's values look like in the first rows. */
export type ColumnType = 'integer' | 'number' | 'time' | 'text' | 'empty';

/** The first rows of a file as text, column by column. */
export interface Sample {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** The format that name and content tell. */
export function guessFormat(path: string, head: FileHead): LogFormat {
  if (head.bytes.subarray(0, 4).toString('latin1') === 'PAR1') return 'parquet';
  const first = head.bytes.toString('latin1', 0, 4096).trimStart()[0];
  const extension = extname(path).toLowerCase();
  if (extension === '.parquet' || extension === '.pq') return 'parquet';
  if (extension === '.jsonl' || extension === '.ndjson' || extension === '.json') return 'jsonl';
  if (first === '{' || first === '[') return 'jsonl';
  if (extension === '.tsv' || extension === '.tab') return 'tsv';
  return extension === '.csv' ? 'csv' : sniffDelimiter(head) === '\t' ? 'tsv' : 'csv';
}

function firstRecords(head: FileHead, delimiter: string, encoding: 'utf8' | 'latin1'): string[][] {
  const records: string[][] = [];
  const bytes = Buffer.from(delimiter);
  let start = 0;
  while (start < head.bytes.length && records.length < sampleRecords) {
    const record = findRecord(head.bytes, start, bytes, start === 0);
    if (record === null) break;
    const text = head.bytes.toString(encoding, start, record.end);
    if (record.end > start) records.push(splitRecord(text, delimiter));
    start = record.next;
  }
  return records;
}

/** The delimiter by which most of the first records have the same number of fields, at least two. */
function sniffDelimiter(head: FileHead): string {
  const scores = delimiters.map((delimiter) => {
    const counts = firstRecords(head, delimiter, 'latin1').map((record) => record.length);
    const width = counts[0] ?? 1;
    const agreeing = counts.filter((count) => count === width).length;
    return width < 2 ? 0 : agreeing / counts.length + Math.min(width, 1000) / 10_000;
  });
  const best = Math.max(...scores);
  return best === 0 ? ',' : delimiters[scores.indexOf(best)]!;
}

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const timePattern = /^\d{4}-\d{1,2}-\d{1,2}([ T]\d|$)/;

export function isNumeric(text: string): boolean {
  return numberPattern.test(text.trim());
}

/** The type that all given values share; missing ones tell nothing. */
export function columnType(values: readonly (string | null)[]): ColumnType {
  const present = values.filter((value) => value !== null && value.trim() !== '') as string[];
  if (present.length === 0) return 'empty';
  if (present.every((value) => /^[+-]?\d+$/.test(value.trim()))) return 'integer';
  if (present.every((value) => isNumeric(value) || /^[+-]?(nan|inf(inity)?)$/i.test(value.trim())))
    return 'number';
  return present.every((value) => timePattern.test(value.trim())) ? 'time' : 'text';
}

/** A first record without numbers above records with numbers names the columns. */
function looksLikeHeader(records: readonly (readonly string[])[]): boolean {
  const [first, ...others] = records;
  if (first === undefined || first.some(isNumeric)) return false;
  return others.length === 0 || others.some((record) => record.some(isNumeric));
}

export interface GivenDialect {
  readonly format: LogFormat;
  readonly delimiter?: string | undefined;
  readonly header?: boolean | undefined;
  readonly encoding: 'utf8' | 'latin1';
}

/**
 * Delimiter, header and first rows of a delimited file. What is given is not guessed.
 *
 * @throws OffrecError `invalid-input` when the file holds no usable first record.
 */
export function readDialect(
  path: string,
  head: FileHead,
  given: GivenDialect,
): { dialect: CsvDialect; sample: Sample } {
  const delimiter = given.delimiter ?? (given.format === 'tsv' ? '\t' : sniffDelimiter(head));
  const records = firstRecords(head, delimiter, given.encoding);
  const [first] = records;
  if (first === undefined) {
    throw new OffrecError('invalid-input', 'The file holds no record.', {
      where: `${path}:1`,
      hint: 'Check that it is a text file with one record a line.',
    });
  }
  if (first.length > maxColumns) {
    throw new OffrecError(
      'invalid-input',
      `The first record has ${first.length} fields; at most ${maxColumns} are read.`,
      {
        where: `${path}:1`,
        hint: 'Check the delimiter.',
      },
    );
  }
  const header = given.header ?? looksLikeHeader(records);
  const columns = first.map((name, index) =>
    header && name.trim() !== '' ? name.trim() : `column${index + 1}`,
  );
  return {
    dialect: { delimiter, header },
    sample: { columns, rows: header ? records.slice(1) : records },
  };
}
