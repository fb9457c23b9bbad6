import { crc32 } from 'node:zlib';
import { OffrecError } from '#contract/errors.ts';

/** Points of one series as columns, all of the same length. */
export interface PointColumns {
  /** 0-based number of each point within the run's live curve, over all series. */
  readonly indices: Uint32Array;
  /** Whole milliseconds since the segment began. */
  readonly timesMs: Uint32Array;
  readonly steps: Float64Array;
  /** Kept bit for bit: NaN, infinities and the sign of zero included. */
  readonly values: Float64Array;
}

/** Points of a sealed chunk. */
export const chunkPoints = 512;

const magic = 0x4f43;
const version = 1;
const headerBytes = 16;
const bytesPerPoint = 4 + 4 + 8 + 8;

export function emptyColumns(count: number): PointColumns {
  return {
    indices: new Uint32Array(count),
    timesMs: new Uint32Array(count),
    steps: new Float64Array(count),
    values: new Float64Array(count),
  };
}

/** Rows `from` to `to` (excluded) without copying. */
export function sliceColumns(columns: PointColumns, from: number, to: number): PointColumns {
  return {
    indices: columns.indices.subarray(from, to),
    timesMs: columns.timesMs.subarray(from, to),
    steps: columns.steps.subarray(from, to),
    values: columns.values.subarray(from, to),
  };
}

export function concatColumns(parts: readonly PointColumns[]): PointColumns {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const joined = emptyColumns(parts.reduce((sum, part) => sum + part.indices.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.indices.set(part.indices, offset);
    joined.timesMs.set(part.timesMs, offset);
    joined.steps.set(part.steps, offset);
    joined.values.set(part.values, offset);
    offset += part.indices.length;
  }
  return joined;
}

/**
 * Header (magic u16, version u16, count u32, CRC-32 of the columns u32, reserved u32), then the columns
 * indices, times, steps, values; little-endian.
 */
export function encodeChunk(columns: PointColumns): Buffer {
  const count = columns.indices.length;
  const blob = Buffer.alloc(headerBytes + count * bytesPerPoint);
  let offset = headerBytes;
  for (const column of [columns.indices, columns.timesMs, columns.steps, columns.values]) {
    blob.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), offset);
    offset += column.byteLength;
  }
  blob.writeUInt16LE(magic, 0);
  blob.writeUInt16LE(version, 2);
  blob.writeUInt32LE(count, 4);
  blob.writeUInt32LE(crc32(blob.subarray(headerBytes)), 8);
  return blob;
}

/** Throws `corrupt-file` when the blob is not exactly what `encodeChunk` made. */
export function decodeChunk(blob: Uint8Array, where: string): PointColumns {
  // A copy, because the columns need a start that is a multiple of eight.
  const bytes = new Uint8Array(blob);
  const view = new DataView(bytes.buffer);
  const fail = (what: string): never => {
    throw new OffrecError('corrupt-file', `A chunk of metric points is damaged: ${what}.`, {
      where,
      hint: 'Restore a backup of the data folder, or run again from a checkpoint.',
    });
  };
  if (bytes.length < headerBytes || view.getUint16(0, true) !== magic) fail('no header');
  if (view.getUint16(2, true) !== version) fail('unknown version');
  const count = view.getUint32(4, true);
  if (bytes.length !== headerBytes + count * bytesPerPoint) fail('wrong length');
  if (crc32(bytes.subarray(headerBytes)) !== view.getUint32(8, true)) fail('checksum differs');
  const stepsAt = headerBytes + count * 8;
  return {
    indices: new Uint32Array(bytes.buffer, headerBytes, count),
    timesMs: new Uint32Array(bytes.buffer, headerBytes + count * 4, count),
    steps: new Float64Array(bytes.buffer, stepsAt, count),
    values: new Float64Array(bytes.buffer, stepsAt + count * 8, count),
  };
}
