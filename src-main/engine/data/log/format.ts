import { extname } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { findRecord, splitRecord, type CsvDialect } from './csv.ts';
import type { LogFormat } from './source.ts';
import type { FileHead } from './text-file.ts';
import { holdsCommaNumbers, holdsYearLast } from './value-forms.ts';

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

interface HeadRecord {
  readonly fields: readonly string[];
  /** Whether the record follows the rules of CSV with this delimiter. */
  readonly sound: boolean;
}

function firstRecords(
  head: FileHead,
  delimiter: string,
  encoding: 'utf8' | 'latin1',
): HeadRecord[] {
  const records: HeadRecord[] = [];
  const bytes = Buffer.from(delimiter);
  const complete = head.size === head.bytes.length + head.markBytes;
  let start = 0;
  while (start < head.bytes.length && records.length < sampleRecords) {
    const record = findRecord(head.bytes, start, bytes, complete || start === 0);
    if (record === null) break;
    const text = head.bytes.toString(encoding, start, record.end);
    const fields = splitRecord(text, delimiter);
    const sound = record.problem === null && fields.length === record.fields;
    if (record.end > start) records.push({ fields, sound });
    start = record.next;
  }
  return records;
}

/** The delimiter by which most of the first records have the same number of fields, at least two. */
function sniffDelimiter(head: FileHead): string {
  const scores = delimiters.map((delimiter) => {
    const records = firstRecords(head, delimiter, 'latin1');
    const width = records[0]?.fields.length ?? 1;
    const agreeing = records.filter(({ sound, fields }) => sound && fields.length === width).length;
    return width < 2 ? 0 : agreeing / records.length + Math.min(width, 1000) / 10_000;
  });
  const best = Math.max(...scores);
  return best === 0 ? ',' : delimiters[scores.indexOf(best)]!;
}

const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const timePattern = /^\d{4}([-/])\d{1,2}\1\d{1,2}([ T]\d|$)/;

export function isNumeric(text: string): boolean {
  return numberPattern.test(text.trim());
}

/** Numbers, and truth values, which count as 1 and 0. */
const numericPattern = /^([+-]?(nan|inf(inity)?)|true|false)$/i;

/**
 * The type of most of the given values, so that a few broken ones do not hide what a column is; missing
 * ones tell nothing.
 */
export function columnType(values: readonly (string | null)[]): ColumnType {
  const present = values.flatMap((value) =>
    value === null || value.trim() === '' ? [] : [value.trim()],
  );
  if (present.length === 0) return 'empty';
  const count = (test: (value: string) => boolean): number => present.filter(test).length;
  const numbers = count((value) => isNumeric(value) || numericPattern.test(value));
  const most = present.length / 2;
  if (numbers > most)
    return numbers === count((value) => /^[+-]?\d+$/.test(value)) ? 'integer' : 'number';
  if (holdsCommaNumbers(present)) return 'number';
  const holdsTimes = count((value) => timePattern.test(value)) > most || holdsYearLast(present);
  return holdsTimes ? 'time' : 'text';
}

const isTyped = (type: ColumnType): boolean => type !== 'text' && type !== 'empty';

/**
 * A first record that holds an expected name, or text where the records below it hold numbers, truth values or times
 * and nothing of the kind anywhere.
 */
function looksLikeHeader(
  records: readonly (readonly string[])[],
  expected: readonly string[],
): boolean {
  const [first, ...others] = records;
  if (first === undefined) return false;
  if (first.some((name) => expected.includes(name.trim()))) return true;
  if (first.some((name) => isTyped(columnType([name])))) return false;
  if (others.length === 0) return true;
  return first.some((_, at) => isTyped(columnType(others.map((record) => record[at] ?? null))));
}

export interface GivenDialect {
  readonly format: LogFormat;
  readonly delimiter?: string | undefined;
  readonly header?: boolean | undefined;
  readonly encoding: 'utf8' | 'latin1';
  /** Names that the caller expects among the columns. */
  readonly expected: readonly string[];
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
  const records = firstRecords(head, delimiter, given.encoding).map(({ fields }) => fields);
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
  const header = given.header ?? looksLikeHeader(records, given.expected);
  const columns = first.map((name, index) =>
    header && name.trim() !== '' ? name.trim() : `column${index + 1}`,
  );
  return {
    dialect: { delimiter, header },
    sample: { columns, rows: header ? records.slice(1) : records },
  };
}
