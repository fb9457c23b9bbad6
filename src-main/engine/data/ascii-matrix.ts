import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { translateFileError } from './files.ts';

/** What a text matrix must hold: its shape and the range of its numbers. */
export interface MatrixRules {
  readonly rows: number;
  readonly columns: number;
  readonly min: number;
  readonly max: number;
  /** Whole numbers only. */
  readonly whole: boolean;
}

const maxFileBytes = 512e6;
const wholePattern = /^[+-]?\d{1,15}$/;
const numberPattern = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/;

function invalid(path: string, line: number | null, message: string): OffrecError {
  return new OffrecError('invalid-input', message, {
    where: line === null ? path : `${path}:${line}`,
    hint: 'Use the publisher’s file as downloaded.',
  });
}

/**
 * Reads a file of numbers separated by blanks, one matrix row a line, with either line ending. Row-major
 * result: `values[row * columns + column]`.
 *
 * @throws OffrecError `not-found` or `invalid-input` naming file and line.
 */
export async function readAsciiMatrix(path: string, rules: MatrixRules): Promise<Float64Array> {
  const text = await readAscii(path);
  const lines = text.split(/\r\n|\n|\r/);
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop();
  if (lines.length === 0) throw invalid(path, null, `${basename(path)} is empty.`);
  const values = new Float64Array(rules.rows * rules.columns);
  for (const [row, line] of lines.slice(0, rules.rows).entries()) {
    readRow(
      line,
      rules,
      values.subarray(row * rules.columns, (row + 1) * rules.columns),
      (message) => invalid(path, row + 1, message),
    );
  }
  if (lines.length !== rules.rows) {
    throw invalid(
      path,
      null,
      `${basename(path)} has ${lines.length} lines; ${rules.rows} are expected.`,
    );
  }
  return values;
}

async function readAscii(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > maxFileBytes)
      throw invalid(path, null, 'The file is far too large.');
    const bytes = await readFile(path);
    const strange = bytes.findIndex(
      (byte) => byte > 126 || (byte < 32 && !(byte >= 9 && byte <= 13)),
    );
    if (strange === -1) return bytes.toString('latin1');
    const line = bytes.subarray(0, strange).toString('latin1').split('\n').length;
    throw invalid(path, line, 'The file is not plain ASCII text.');
  } catch (error) {
    throw translateFileError(error, path);
  }
}

function readRow(
  line: string,
  rules: MatrixRules,
  values: Float64Array,
  fail: (message: string) => OffrecError,
): void {
  const fields = line.trim().split(/[ \t]+/);
  if (fields.length !== rules.columns) {
    throw fail(`The line has ${fields.length} numbers; ${rules.columns} are expected.`);
  }
  const pattern = rules.whole ? wholePattern : numberPattern;
  for (const [column, field] of fields.entries()) {
    const value = Number(field);
    if (!pattern.test(field) || !(value >= rules.min && value <= rules.max)) {
      const kind = rules.whole ? 'a whole number' : 'a number';
      throw fail(
        `Column ${column + 1} holds '${field.slice(0, 40)}'; ${kind} from ${rules.min} to ${rules.max} is expected.`,
      );
    }
    values[column] = value;
  }
}
