import { sliceColumns, type PointColumns } from './chunk-codec.ts';
import { chunkHeader } from './series-statistics.ts';

/** Points of a piece; the last of a chunk may be shorter. */
const piecePoints = 32;
const fields = 10;

/** What a chart needs to know of points that lie within a pixel or so. Times are since the segment's begin. */
export interface Piece {
  readonly count: number;
  readonly finite: number;
  readonly min_step: number;
  readonly max_step: number;
  /** NaN when no value is finite. */
  readonly minimum: number;
  readonly maximum: number;
  readonly total: number;
  readonly last: number;
  readonly first_ms: number;
  readonly last_ms: number;
}

/** Ten little-endian doubles a piece, in the order of `Piece`. */
export function encodePieces(points: PointColumns): Buffer {
  const pieces = Math.ceil(points.values.length / piecePoints);
  const numbers = new Float64Array(pieces * fields);
  for (let piece = 0; piece < pieces; piece += 1) {
    const from = piece * piecePoints;
    const to = Math.min(points.values.length, from + piecePoints);
    const header = chunkHeader(sliceColumns(points, from, to));
    const { minimum, maximum } = header;
    numbers.set(
      [
        header.count,
        header.finite,
        header.minStep,
        header.maxStep,
        minimum ?? Number.NaN,
        maximum ?? Number.NaN,
        header.total,
        header.last,
        header.firstMs,
        header.lastMs,
      ],
      piece * fields,
    );
  }
  return Buffer.from(numbers.buffer);
}

/** Null when the blob is not what `encodePieces` makes of `count` points: the points themselves are then read. */
export function decodePieces(blob: Uint8Array, count: number): readonly Piece[] | null {
  const pieces = Math.ceil(count / piecePoints);
  if (blob.byteLength !== pieces * fields * 8) return null;
  // A copy, because doubles need a start that is a multiple of eight.
  const numbers = new Float64Array(new Uint8Array(blob).buffer);
  const decoded = Array.from({ length: pieces }, (_, piece): Piece => {
    const at = (field: number): number => numbers[piece * fields + field] ?? Number.NaN;
    return {
      count: at(0),
      finite: at(1),
      min_step: at(2),
      max_step: at(3),
      minimum: at(4),
      maximum: at(5),
      total: at(6),
      last: at(7),
      first_ms: at(8),
      last_ms: at(9),
    };
  });
  const total = decoded.reduce((sum, piece) => sum + piece.count, 0);
  return total === count ? decoded : null;
}
