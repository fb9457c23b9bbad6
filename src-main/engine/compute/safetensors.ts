import { closeSync, fstatSync, fsyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { OffrecError, type ErrorCode } from '#contract/errors.ts';
import type { StateTensor } from './state.ts';

/** The contents of a safetensors file. */
export interface SafetensorsFile {
  readonly tensors: Record<string, StateTensor>;
  readonly metadata: Record<string, string>;
}

/** The format's own limit for the header, which also bounds what an untrusted file makes us parse. */
const maximumHeaderBytes = 100_000_000;
const lengthBytes = 8;
const alignment = 8;
const elementBytes = 4;

const entrySchema = z.strictObject({
  dtype: z.string().max(16),
  shape: z.array(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)).max(16),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
});
const metadataSchema = z.record(z.string(), z.string());

type Entry = z.infer<typeof entrySchema> & { name: string };

/**
 * Writes float32 and int32 tensors in the safetensors format, in the order of their names, so that equal
 * tensors make equal files. The file is flushed to disk; on failure none is left.
 * Throws `disk-full` or `read-only`.
 */
export function writeSafetensors(
  file: string,
  tensors: Readonly<Record<string, StateTensor>>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const names = Object.keys(tensors).sort();
  const header = encodeHeader(names, tensors, metadata);
  const handle = attempt(file, () => openSync(file, 'w'));
  try {
    attempt(file, () => {
      writeFully(handle, header);
      for (const name of names) {
        const { data } = tensors[name]!;
        writeFully(handle, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      }
      fsyncSync(handle);
    });
    closeSync(handle);
  } catch (error) {
    closeSync(handle);
    rmSync(file, { force: true });
    throw error;
  }
}

function encodeHeader(
  names: readonly string[],
  tensors: Readonly<Record<string, StateTensor>>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const entries: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) entries.push(['__metadata__', metadata]);
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors[name]!;
    if (name === '__metadata__' || shape.reduce((a, b) => a * b, 1) !== data.length) {
      throw new Error(`${name} [${shape.join(', ')}] with ${data.length} values cannot be written`);
    }
    const end = offset + data.byteLength;
    const dtype = data instanceof Int32Array ? 'I32' : 'F32';
    entries.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)), 'utf8');
  const padded = Math.ceil(json.length / alignment) * alignment;
  const header = Buffer.alloc(lengthBytes + padded, ' ');
  header.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(header, lengthBytes);
  return header;
}

/**
 * Reads a safetensors file of float32 and int32 tensors. The file is not trusted: every length and offset
 * is checked against the file before anything is allocated, and the tensors must fill the data part
 * exactly, without overlap. Throws `not-found`, `corrupt-file`, or `unsupported-format` for other dtypes.
 */
export function readSafetensors(file: string): SafetensorsFile {
  const handle = attempt(file, () => openSync(file, 'r'));
  try {
    const { size } = fstatSync(handle);
    const headerBytes = readHeaderLength(handle, file, size);
    const { entries, metadata } = parseHeader(file, readPart(handle, file, 8, headerBytes));
    checkLayout(file, entries, size - lengthBytes - headerBytes);
    const dataStart = lengthBytes + headerBytes;
    const tensors = entries.map((entry) => [
      entry.name,
      readTensor(handle, file, dataStart, entry),
    ]);
    return { tensors: Object.fromEntries(tensors) as Record<string, StateTensor>, metadata };
  } finally {
    closeSync(handle);
  }
}

function readHeaderLength(handle: number, file: string, size: number): number {
  if (size < lengthBytes) throw corrupt(file, 'it is shorter than its header');
  const length = Buffer.from(readPart(handle, file, 0, lengthBytes)).readBigUInt64LE(0);
  if (length > BigInt(maximumHeaderBytes) || length > BigInt(size - lengthBytes)) {
    throw corrupt(file, 'its header claims to be longer than the file or than the format allows');
  }
  return Number(length);
}

function parseHeader(
  file: string,
  bytes: Uint8Array,
): { entries: Entry[]; metadata: Record<string, string> } {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw corrupt(file, 'its header is not JSON', error);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw corrupt(file, 'its header is not a JSON object');
  }
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(header)) {
    const parsed =
      name === '__metadata__' ? metadataSchema.safeParse(value) : entrySchema.safeParse(value);
    if (!parsed.success) throw corrupt(file, `its header describes ${name} wrongly`);
    if (name === '__metadata__') metadata = parsed.data as Record<string, string>;
    else entries.push({ ...(parsed.data as z.infer<typeof entrySchema>), name });
  }
  return { entries, metadata };
}

/** The tensors, in the order of their offsets, must tile the data part. */
function checkLayout(file: string, entries: Entry[], dataBytes: number): void {
  entries.sort(
    (a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  let expected = 0;
  for (const { name, dtype, shape, data_offsets: offsets } of entries) {
    if (dtype !== 'F32' && dtype !== 'I32') {
      throw new OffrecError('unsupported-format', `${name} has the dtype ${dtype}.`, {
        where: file,
        hint: 'Convert the tensors to float32 or int32.',
      });
    }
    const bytes = shape.reduce((product, length) => product * length, elementBytes);
    if (offsets[0] !== expected || offsets[1] - offsets[0] !== bytes) {
      throw corrupt(file, `the place of ${name} does not fit its shape or its neighbours`);
    }
    expected = offsets[1];
  }
  if (expected !== dataBytes) throw corrupt(file, 'its tensors do not fill it exactly');
}

function readTensor(handle: number, file: string, dataStart: number, entry: Entry): StateTensor {
  const [begin, end] = entry.data_offsets;
  const bytes = readPart(handle, file, dataStart + begin, end - begin);
  const data =
    entry.dtype === 'I32' ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer);
  return { shape: entry.shape, data };
}

/** Largest piece of one read call; the system refuses more than 2 GiB at once. */
const pieceBytes = 2 ** 30;

function readPart(
  handle: number,
  file: string,
  position: number,
  length: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const wanted = Math.min(length - done, pieceBytes);
    const read = readSync(handle, bytes, done, wanted, position + done);
    if (read === 0) throw corrupt(file, 'it ends too early');
    done += read;
  }
  return bytes;
}

function writeFully(handle: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(handle, bytes, done, Math.min(bytes.length - done, pieceBytes));
  }
}

function corrupt(file: string, what: string, cause?: unknown): OffrecError {
  return new OffrecError('corrupt-file', `This is no intact safetensors file: ${what}.`, {
    where: file,
    hint: 'Use another copy or an older checkpoint.',
    cause,
  });
}

const codes: Record<string, { code: ErrorCode; message: string }> = {
  ENOENT: { code: 'not-found', message: 'The file or its folder does not exist.' },
  ENOSPC: { code: 'disk-full', message: 'The disk is full.' },
  EDQUOT: { code: 'disk-full', message: 'The disk quota is used up.' },
  EROFS: { code: 'read-only', message: 'The folder is read-only.' },
  EACCES: { code: 'read-only', message: 'Access to the file is not allowed.' },
  EPERM: { code: 'read-only', message: 'Access to the file is not allowed.' },
};

function attempt<Result>(file: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    const known = codes[(error as NodeJS.ErrnoException).code ?? ''];
    if (known === undefined) throw error;
    throw new OffrecError(known.code, known.message, { where: file, cause: error });
  }
}
