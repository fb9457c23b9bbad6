import { findRecord, type CsvRecord } from './csv.ts';
import type { RecordVisitor } from './text-file.ts';

/** A place in a source that cannot be used, and why. */
export interface BadPlace {
  /** Line of a text file, or row of a table, from 1. */
  readonly line: number;
  readonly reason: string;
}

/** Most examples of bad rows that are kept and shown. */
export const maxExamples = 5;

/** Takes the good records of a file one by one. `text` is made only when asked for. */
export type RecordSink = (text: () => string, line: number) => void;

/**
 * Checks the structure of a delimited file: every record has `columns` fields and sound quotes. Counts
 * and remembers the records that break it.
 */
export class CsvScan implements RecordVisitor {
  readonly #delimiter: Uint8Array;
  readonly #columns: number;
  readonly #encoding: 'utf8' | 'latin1';
  readonly #sink: RecordSink | null;
  #line = 1;
  #records = 0;
  #bad = 0;
  #blankBefore = false;
  #plain = true;
  #ending: CsvRecord['ending'] | null = null;
  #multiline = false;
  #longest = 0;
  #firstIsBad = false;
  readonly examples: BadPlace[] = [];

  constructor(
    delimiter: string,
    columns: number,
    encoding: 'utf8' | 'latin1',
    sink: RecordSink | null = null,
  ) {
    this.#delimiter = Buffer.from(delimiter);
    this.#columns = columns;
    this.#encoding = encoding;
    this.#sink = sink;
  }

  line(): number {
    return this.#line;
  }

  /** Good records so far, the header among them. */
  get records(): number {
    return this.#records;
  }

  get bad(): number {
    return this.#bad;
  }

  /** A bad record stands before the first good one. */
  get firstIsBad(): boolean {
    return this.#firstIsBad;
  }

  /** Nothing in the file is read in two ways by different readers of CSV. */
  get plain(): boolean {
    return this.#plain && this.#bad === 0;
  }

  /** How the records end, as far as they agree. */
  get ending(): CsvRecord['ending'] | null {
    return this.#ending;
  }

  /** Some field holds a line end. */
  get multiline(): boolean {
    return this.#multiline;
  }

  /** Bytes of the longest good record. */
  get longest(): number {
    return this.#longest;
  }

  take(buffer: Buffer, start: number, last: boolean): number | null {
    const record = findRecord(buffer, start, this.#delimiter, last);
    if (record === null) return null;
    if (record.end === start) {
      this.#blankBefore = true;
      this.#line += 1;
      return record.next;
    }
    const problem = record.problem ?? this.#fieldProblem(record.fields);
    if (problem !== null) return this.#takeBad(buffer, start, record.next, record.lines, problem);
    this.#note(record);
    this.#longest = Math.max(this.#longest, record.next - start);
    this.#sink?.(() => buffer.toString(this.#encoding, start, record.end), this.#line);
    this.#records += 1;
    this.#line += record.lines;
    return record.next;
  }

  takeEndless(buffer: Buffer, start: number): number {
    const problem = 'the record does not end within 4 MiB (an unclosed quote?)';
    return this.#takeBad(buffer, start, buffer.length, 2, problem);
  }

  #fieldProblem(fields: number): string | null {
    if (fields === this.#columns) return null;
    return `it has ${fields} ${fields === 1 ? 'field' : 'fields'} instead of ${this.#columns}`;
  }

  /** A broken record over several lines may have swallowed good ones: only its first line is given up. */
  #takeBad(buffer: Buffer, start: number, next: number, lines: number, reason: string): number {
    this.#bad += 1;
    if (this.#records === 0) this.#firstIsBad = true;
    if (this.examples.length < maxExamples) this.examples.push({ line: this.#line, reason });
    this.#line += 1;
    if (lines === 1) return next;
    const lineEnd = buffer.indexOf(10, start);
    return lineEnd === -1 ? next : lineEnd + 1;
  }

  #note(record: CsvRecord): void {
    if (record.lines > 1) this.#multiline = true;
    if (record.oddQuote || this.#blankBefore || record.ending === 'cr') this.#plain = false;
    if (record.ending === 'none') return;
    if (this.#ending !== null && this.#ending !== record.ending) this.#plain = false;
    this.#ending = record.ending;
  }
}
