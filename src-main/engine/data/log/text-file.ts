import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';
import { OffrecError } from '#contract/errors.ts';
import { translateFileError } from '../files.ts';
import { throwIfAborted } from '../progress.ts';

const chunkBytes = 1 << 20;

/** Longest record that is read; a longer one is a missing line end or an unclosed quote. */
const maxRecordBytes = 4 << 20;

/** What a walk over a file's records does. Positions are offsets into the buffer. */
export interface RecordVisitor {
  /**
   * Takes the record at `start` and returns the position after it, or null when the buffer ends first.
   * `last` says that no more bytes follow.
   */
  take(buffer: Buffer, start: number, last: boolean): number | null;
  /** Takes a record that does not end within the limit; returns the position where to go on. */
  takeEndless(buffer: Buffer, start: number): number;
  /** Number of the line that `take` gets next, from 1. */
  line(): number;
}

export interface WalkOptions {
  /** Bytes of a byte order mark to pass over. */
  readonly markBytes: number;
  /** Refuse bytes that are not UTF-8. */
  readonly utf8: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((done: number, total: number) => void) | undefined;
}

/**
 * Walks through a file of records in bounded memory.
 *
 * @throws OffrecError `invalid-input` for bytes that are not UTF-8, `cancelled`, or what the visitor throws.
 */
export async function walkRecords(
  path: string,
  visitor: RecordVisitor,
  options: WalkOptions,
): Promise<void> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw translateFileError(error, path);
  });
  try {
    const { size } = await handle.stat();
    const chunk = Buffer.allocUnsafe(chunkBytes);
    let rest: Buffer = Buffer.alloc(0);
    let position = options.markBytes;
    for (;;) {
      throwIfAborted(options.signal);
      const { bytesRead } = await handle.read(chunk, 0, chunkBytes, position);
      position += bytesRead;
      const fresh = chunk.subarray(0, bytesRead);
      const buffer = rest.length === 0 ? fresh : Buffer.concat([rest, fresh]);
      const taken = takeAll(path, buffer, bytesRead === 0, visitor, options.utf8);
      options.onBytes?.(position, size);
      if (bytesRead === 0) return;
      rest = Buffer.from(buffer.subarray(taken));
    }
  } finally {
    await handle.close();
  }
}

/** Takes every complete record of the buffer and returns the position of the first incomplete one. */
function takeAll(
  path: string,
  buffer: Buffer,
  last: boolean,
  visitor: RecordVisitor,
  utf8: boolean,
): number {
  const firstLine = visitor.line();
  let start = 0;
  while (start < buffer.length) {
    const next = visitor.take(buffer, start, last);
    if (next !== null) start = next;
    else if (buffer.length - start > maxRecordBytes) start = visitor.takeEndless(buffer, start);
    else break;
  }
  const block = buffer.subarray(0, start);
  if (utf8 && !isUtf8(block)) throw encodingError(path, block, firstLine);
  return start;
}

function encodingError(path: string, block: Buffer, firstLine: number): OffrecError {
  let start = 0;
  let line = firstLine;
  for (;;) {
    const end = block.indexOf(10, start);
    const piece = block.subarray(start, end === -1 ? block.length : end);
    if (end === -1 || !isUtf8(piece)) break;
    start = end + 1;
    line += 1;
  }
  return new OffrecError('invalid-input', 'The file is not UTF-8 text.', {
    where: `${path}:${line}`,
    hint: 'If it is Latin-1 (ISO 8859-1), set encoding=latin-1; else convert it to UTF-8.',
  });
}

/** First bytes of a file, without a byte order mark. */
export interface FileHead {
  readonly bytes: Buffer;
  /** Bytes of a UTF-8 byte order mark: 3 or 0. */
  readonly markBytes: number;
  readonly size: number;
}

/**
 * @throws OffrecError `not-found`, `invalid-input` (empty, not a file), `unsupported-format` (UTF-16, packed).
 */
export async function readHead(path: string, maxBytes = 256 << 10): Promise<FileHead> {
  const handle = await open(path, 'r').catch((error: unknown) => {
    throw translateFileError(error, path);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw invalidFile(path, 'This is not a file.');
    const buffer = Buffer.alloc(Math.min(maxBytes, stats.size));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const bytes = buffer.subarray(0, bytesRead);
    refuseForeign(bytes, path);
    const markBytes = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    if (stats.size === markBytes) throw invalidFile(path, 'The file is empty.');
    return { bytes: bytes.subarray(markBytes), markBytes, size: stats.size };
  } catch (error) {
    throw translateFileError(error, path);
  } finally {
    await handle.close();
  }
}

function invalidFile(path: string, message: string): OffrecError {
  return new OffrecError('invalid-input', message, { where: path, hint: 'Check the path.' });
}

function refuseForeign(bytes: Buffer, path: string): void {
  const pair = bytes.length >= 2 ? bytes.readUInt16BE(0) : 0;
  if (pair === 0xfeff || pair === 0xfffe) {
    throw new OffrecError('unsupported-format', 'The file is UTF-16 text.', {
      where: path,
      hint: 'Convert it to UTF-8, for example with iconv -f UTF-16 -t UTF-8.',
    });
  }
  const zstd = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
  if (pair === 0x1f8b || pair === 0x504b || bytes.subarray(0, 4).equals(zstd)) {
    throw new OffrecError('unsupported-format', 'The file is packed (gzip, zip or zstd).', {
      where: path,
      hint: 'Unpack it first.',
    });
  }
}
