/** How the fields of a text file are told apart. Quotes are `"`, doubled inside a quoted field. */
export interface CsvDialect {
  readonly delimiter: string;
  /** The first record names the columns. */
  readonly header: boolean;
}

/** One record as found in a buffer; `end` lies before its line ending, `next` after it. */
export interface CsvRecord {
  readonly end: number;
  readonly next: number;
  readonly fields: number;
  /** Lines that the record spans: 1, or more with line ends inside quotes. */
  readonly lines: number;
  /** Why the record breaks the rules of CSV, or null. */
  readonly problem: string | null;
  /** A quote stands inside an unquoted field: legal here, read differently elsewhere. */
  readonly oddQuote: boolean;
  /** How the record ends. */
  readonly ending: 'lf' | 'crlf' | 'cr' | 'none';
}

const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;

const fieldStart = 0;
const unquoted = 1;
const quoted = 2;
const quoteInQuoted = 3;

/**
 * Finds the record that starts at `start`, or null when the buffer ends first and more bytes may follow
 * (`last` false). Counts fields without copying them.
 */
export function findRecord(
  buffer: Buffer,
  start: number,
  delimiter: Uint8Array,
  last: boolean,
): CsvRecord | null {
  const first = delimiter[0]!;
  const second = delimiter.length > 1 ? delimiter[1]! : -1;
  let state = fieldStart;
  let fields = 1;
  let lines = 1;
  let problem: string | null = null;
  let oddQuote = false;
  let at = start;
  for (; at < buffer.length; at += 1) {
    const byte = buffer[at]!;
    if (state === quoted) {
      if (byte === quote) state = quoteInQuoted;
      else if (byte === lineFeed) lines += 1;
    } else if (byte === lineFeed || byte === carriageReturn) {
      break;
    } else if (byte === first && (second === -1 || buffer[at + 1] === second)) {
      fields += 1;
      state = fieldStart;
      if (second !== -1) at += 1;
    } else if (byte === quote) {
      if (state === unquoted) oddQuote = true;
      else state = quoted;
    } else if (state === quoteInQuoted) {
      problem ??= 'text follows a closing quote';
      state = unquoted;
    } else {
      state = unquoted;
      if (byte === 0) problem ??= 'a NUL byte stands in the text';
    }
  }
  if (at >= buffer.length) {
    if (!last) return null;
    if (state === quoted) problem = 'a quote is opened and never closed';
    return { end: at, next: at, fields, lines, problem, oddQuote, ending: 'none' };
  }
  if (buffer[at] === lineFeed) {
    return { end: at, next: at + 1, fields, lines, problem, oddQuote, ending: 'lf' };
  }
  if (at + 1 >= buffer.length && !last) return null;
  const crlf = buffer[at + 1] === lineFeed;
  const next = crlf ? at + 2 : at + 1;
  return { end: at, next, fields, lines, problem, oddQuote, ending: crlf ? 'crlf' : 'cr' };
}

/** The fields of one well-formed record's text. */
export function splitRecord(text: string, delimiter: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      const close = closingQuote(text, at + 1);
      fields.push(text.slice(at + 1, close).replaceAll('""', '"'));
      at = close + 1;
      if (at >= text.length) return fields;
      at += delimiter.length;
    } else {
      const end = text.indexOf(delimiter, at);
      fields.push(end === -1 ? text.slice(at) : text.slice(at, end));
      if (end === -1) return fields;
      at = end + delimiter.length;
    }
  }
}

function closingQuote(text: string, from: number): number {
  let at = from;
  for (;;) {
    const found = text.indexOf('"', at);
    if (found === -1) return text.length;
    if (text[found + 1] !== '"') return found;
    at = found + 2;
  }
}

/** Fields as one line that every reader of CSV takes alike. */
export function joinRecord(fields: readonly string[]): string {
  return `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\n`;
}
