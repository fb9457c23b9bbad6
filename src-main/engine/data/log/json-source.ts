import { randomBytes } from 'node:crypto';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { quotePath, quoteText } from '../database.ts';
import type { ImportControl } from '../progress.ts';
import type { Sample } from './format.ts';
import type { RowSource } from './source.ts';
import { walkRecords, type FileHead, type RecordVisitor } from './text-file.ts';

export interface JsonInput {
  readonly file: string;
  readonly columns: readonly string[];
  readonly head: FileHead;
  readonly encoding: 'utf8' | 'latin1';
  /** Folder for a copy without byte order mark and in UTF-8, when the file is not so. */
  readonly scratch: string;
}

const sampleLines = 200;

/**
 * The keys and first values of a file of JSON objects, one a line.
 *
 * @throws OffrecError `unsupported-format` for one large JSON array, `invalid-input` without any object.
 */
export function readJsonSample(path: string, head: FileHead, encoding: 'utf8' | 'latin1'): Sample {
  const text = head.bytes.toString(encoding);
  if (text.trimStart().startsWith('[')) {
    throw new OffrecError('unsupported-format', 'The file is one JSON array.', {
      where: path,
      hint: 'Write one JSON object a line (JSONL), for example with jq -c ".[]".',
    });
  }
  const lines = text.split('\n').slice(0, sampleLines);
  const objects = lines.map(parseObject).filter((object) => object !== null);
  const columns = [...new Set(objects.flatMap(Object.keys))];
  if (columns.length === 0) {
    throw new OffrecError('invalid-input', 'The first lines hold no JSON object.', {
      where: `${path}:1`,
      hint: 'Each line must be one JSON object such as {"user": 1, "item": 2, "reward": 1}.',
    });
  }
  return {
    columns,
    rows: objects.map((object) => columns.map((column) => valueText(object[column]))),
  };
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : null;
  } catch {
    // A line that is no JSON is counted and reported when the rows are read.
    return null;
  }
}

function valueText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Counts the lines that are not blank. */
class LineScan implements RecordVisitor {
  readonly #sink: ((buffer: Buffer, start: number, end: number, line: number) => void) | null;
  readonly #file: string;
  #line = 1;
  rows = 0;

  constructor(
    file: string,
    sink: ((buffer: Buffer, start: number, end: number, line: number) => void) | null,
  ) {
    this.#file = file;
    this.#sink = sink;
  }

  line(): number {
    return this.#line;
  }

  take(buffer: Buffer, start: number, last: boolean): number | null {
    const found = buffer.indexOf(10, start);
    if (found === -1 && !last) return null;
    const end = found === -1 ? buffer.length : found;
    if (!isBlank(buffer, start, end)) {
      this.#sink?.(buffer, start, end, this.#line);
      this.rows += 1;
    }
    this.#line += 1;
    return found === -1 ? end : end + 1;
  }

  takeEndless(): number {
    throw new OffrecError('invalid-input', 'The line is longer than 4 MiB.', {
      where: `${this.#file}:${this.#line}`,
      hint: 'Write one JSON object a line.',
    });
  }
}

function isBlank(buffer: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = buffer[at]!;
    if (byte !== 32 && byte !== 9 && byte !== 13) return false;
  }
  return true;
}

/** Prepares a file of JSON objects, one a line, for the database. */
export async function openJson(input: JsonInput, control: ImportControl): Promise<RowSource> {
  const rows = await scanLines(input, null, control);
  const direct = input.head.markBytes === 0 && input.encoding === 'utf8';
  const path = await quotePath(direct ? input.file : await copyLines(input, control));
  return {
    file: input.file,
    format: 'jsonl',
    columns: input.columns,
    rows,
    broken: { count: 0, examples: [] },
    from: `read_json_objects(${path}, format = 'newline_delimited', ignore_errors = true, hive_partitioning = false)`,
    invalid: {
      condition: `json IS NULL OR json_type(json) <> 'OBJECT'`,
      reason: 'it is not a JSON object',
    },
    text: (column) => `json_extract_string(json, ${quoteText(pointer(column))})`,
    locate: (wanted) => locateLines(input, wanted, control),
  };
}

/** JSON pointer (RFC 6901) to a key of the object itself. */
function pointer(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

type LineSink = (buffer: Buffer, start: number, end: number, line: number) => void;

async function scanLines(
  input: JsonInput,
  sink: LineSink | null,
  control: ImportControl,
): Promise<number> {
  const scan = new LineScan(input.file, sink);
  await walkRecords(input.file, scan, {
    markBytes: input.head.markBytes,
    utf8: input.encoding === 'utf8',
    signal: control.signal,
    onBytes: (done, total) => control.onProgress?.({ done, total, unit: 'bytes', stage: 'check' }),
  });
  return scan.rows;
}

async function copyLines(input: JsonInput, control: ImportControl): Promise<string> {
  const path = join(input.scratch, `copy-${randomBytes(6).toString('hex')}.jsonl`);
  const file = openSync(path, 'wx');
  try {
    const sink: LineSink = (buffer, start, end) => {
      appendFileSync(file, `${buffer.toString(input.encoding, start, end)}\n`);
    };
    await scanLines(input, sink, control);
  } finally {
    closeSync(file);
  }
  return path;
}

async function locateLines(
  input: JsonInput,
  rows: readonly number[],
  control: ImportControl,
): Promise<readonly number[]> {
  const wanted = new Set(rows);
  const lines = new Map<number, number>();
  let row = 0;
  const sink: LineSink = (_buffer, _start, _end, line) => {
    if (wanted.has(row)) lines.set(row, line);
    row += 1;
  };
  await scanLines(input, sink, { signal: control.signal });
  return rows.map((wantedRow) => lines.get(wantedRow)!);
}
