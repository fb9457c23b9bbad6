import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';

export interface FileHash {
  readonly bytes: number;
  readonly sha256: string;
}

interface Kept extends FileHash {
  /** Changes when the file is written again or another takes its place, and not when it is linked. */
  readonly identity: string;
}

const pieceBytes = 1024 * 1024;
const keptAtMost = 1000;
const kept = new Map<string, Kept>();

/** Reads a file in pieces, however large it is. */
export function hashFile(file: string): FileHash {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(pieceBytes);
  const handle = openSync(file, 'r');
  try {
    let bytes = 0;
    for (;;) {
      const count = readSync(handle, piece, 0, piece.length, null);
      if (count === 0) return { bytes, sha256: hash.digest('hex') };
      hash.update(piece.subarray(0, count));
      bytes += count;
    }
  } finally {
    closeSync(handle);
  }
}

/** The same for a file that is hashed again and again and seldom changes: it is read once for every change. */
export function hashUnchanging(file: string): FileHash {
  const { dev, ino, size, mtimeNs } = statSync(file, { bigint: true });
  const identity = [dev, ino, size, mtimeNs].join(':');
  const known = kept.get(file);
  if (known?.identity === identity) return { bytes: known.bytes, sha256: known.sha256 };
  const fresh = hashFile(file);
  if (kept.size >= keptAtMost) kept.clear();
  kept.set(file, { identity, ...fresh });
  return fresh;
}
