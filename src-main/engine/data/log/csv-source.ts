import { appendFileSync, closeSync, openSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { quotePath, quoteText } from '../database.ts';
import type { ImportControl } from '../progress.ts';
import { joinRecord, splitRecord, type CsvDialect } from './csv.ts';
import { CsvScan, type RecordSink } from './csv-scan.ts';
import type { LogFormat, RowSource } from './source.ts';
import { walkRecords, type FileHead } from './text-file.ts';

export interface CsvInput {
  readonly file: string;
  readonly format: LogFormat;
  readonly dialect: CsvDialect;
  readonly columns: readonly string[];
  readonly head: FileHead;
  readonly encoding: 'utf8' | 'latin1';
  /** Folder for a cleaned copy, needed when readers of CSV could disagree on the file. */
  readonly scratch: string;
}

/**
 * Checks the structure of a delimited file and prepares it for the database. The file itself is read
 * when every reader of CSV takes it alike; otherwise (broken records left out, mixed line ends, stray
 * quotes, blank lines, another encoding) a plain copy of the good records.
 */
export async function openCsv(input: CsvInput, control: ImportControl): Promise<RowSource> {
  const scan = await scanFile(input, null, control);
  if (input.dialect.header && scan.firstIsBad) throw brokenHeader(input, scan);
  const headerRows = input.dialect.header ? 1 : 0;
  const direct = scan.plain && input.encoding === 'utf8' && input.head.markBytes === 0;
  const read = direct ? await readOriginal(input, scan) : await readCopy(input, control);
  return {
    file: input.file,
    format: input.format,
    columns: input.columns,
    rows: scan.records - headerRows,
    broken: { count: scan.bad, examples: scan.examples },
    from: read,
    invalid: null,
    text: (column) => `c${input.columns.indexOf(column)}`,
    locate: (rows) =>
      locateRows(
        input,
        rows.map((row) => row + headerRows),
        control,
      ),
  };
}

/** Without its header line the rest of a file has no meaning, whatever is done with bad rows. */
function brokenHeader(input: CsvInput, scan: CsvScan): OffrecError {
  const [first] = scan.examples;
  const reason = first?.reason ?? '';
  return new OffrecError('invalid-input', `The line that names the columns is broken: ${reason}.`, {
    where: `${input.file}:${first?.line ?? 1}`,
    hint: 'Correct it, or say that the file has no header.',
  });
}

async function scanFile(
  input: CsvInput,
  sink: RecordSink | null,
  control: ImportControl,
): Promise<CsvScan> {
  const scan = new CsvScan(input.dialect.delimiter, input.columns.length, input.encoding, sink);
  await walkRecords(input.file, scan, {
    markBytes: input.head.markBytes,
    utf8: input.encoding === 'utf8',
    signal: control.signal,
    onBytes: (done, total) => control.onProgress?.({ done, total, unit: 'bytes', stage: 'check' }),
  });
  return scan;
}

/** How the database is to read a file; every choice is ours, so that nothing is guessed. */
interface ReadPlan {
  readonly dialect: CsvDialect;
  readonly columns: number;
  readonly lineEnd: '\\n' | '\\r\\n';
  /** A field with a line end inside can only be read from the start of the file. */
  readonly parallel: boolean;
  readonly longestBytes: number;
}

function readCall(path: string, plan: ReadPlan): string {
  const types = Array.from({ length: plan.columns }, (_, index) => `'c${index}': 'VARCHAR'`);
  return (
    `read_csv(${path}, auto_detect = false, delim = ${quoteText(plan.dialect.delimiter)}, ` +
    `quote = '"', escape = '"', new_line = '${plan.lineEnd}', ` +
    `header = ${String(plan.dialect.header)}, columns = {${types.join(', ')}}, ` +
    `parallel = ${String(plan.parallel)}, max_line_size = ${Math.max(2 << 20, 2 * plan.longestBytes)}, ` +
    `hive_partitioning = false)`
  );
}

async function readOriginal(input: CsvInput, scan: CsvScan): Promise<string> {
  return readCall(await quotePath(input.file), {
    dialect: input.dialect,
    columns: input.columns.length,
    lineEnd: scan.ending === 'crlf' ? '\\r\\n' : '\\n',
    parallel: !scan.multiline,
    longestBytes: scan.longest,
  });
}

/** Writes the good records as plain CSV without a header. */
async function readCopy(input: CsvInput, control: ImportControl): Promise<string> {
  const path = join(input.scratch, `copy-${randomBytes(6).toString('hex')}.csv`);
  const file = openSync(path, 'wx');
  let pending: string[] = [];
  const flush = (): void => {
    appendFileSync(file, pending.join(''));
    pending = [];
  };
  let records = 0;
  let longest = 0;
  try {
    const sink: RecordSink = (text) => {
      records += 1;
      if (records === 1 && input.dialect.header) return;
      const record = joinRecord(splitRecord(text(), input.dialect.delimiter));
      longest = Math.max(longest, Buffer.byteLength(record));
      if (pending.push(record) >= 10_000) flush();
    };
    await scanFile(input, sink, control);
    flush();
  } finally {
    closeSync(file);
  }
  return readCall(await quotePath(path), {
    dialect: { delimiter: ',', header: false },
    columns: input.columns.length,
    lineEnd: '\\n',
    parallel: false,
    longestBytes: longest,
  });
}

/** Lines of good records by their number, the header included. */
async function locateRows(
  input: CsvInput,
  rows: readonly number[],
  control: ImportControl,
): Promise<readonly number[]> {
  const wanted = new Set(rows);
  const lines = new Map<number, number>();
  let record = 0;
  await scanFile(
    input,
    (_, line) => {
      if (wanted.has(record)) lines.set(record, line);
      record += 1;
    },
    { signal: control.signal },
  );
  return rows.map((row) => {
    const line = lines.get(row);
    if (line === undefined) throw new OffrecError('internal', `Row ${row} is not in the file.`);
    return line;
  });
}
