import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashFile, hashUnchanging } from '#engine/training/file-hashes.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offrec-hashes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (content: Uint8Array | string): string =>
  createHash('sha256').update(content).digest('hex');

/** Writes in place at a given time, so that only the content tells two writes of one time apart. */
function writeAt(file: string, content: string, seconds: number): void {
  writeFileSync(file, content);
  utimesSync(file, seconds, seconds);
}

describe('hashes of files', () => {
  it('are those of the whole content, also over several pieces', () => {
    const content = Buffer.alloc(2_500_001, 'offline');
    const file = join(folder, 'large');
    writeFileSync(file, content);
    expect(hashFile(file)).toEqual({ bytes: content.length, sha256: sha256(content) });
    writeFileSync(file, '');
    expect(hashFile(file)).toEqual({ bytes: 0, sha256: sha256('') });
  });

  it('of what stays are read once, also when it is linked elsewhere', () => {
    const file = join(folder, 'model');
    writeAt(file, 'first', 1_000_000);
    expect(hashUnchanging(file).sha256).toBe(sha256('first'));
    mkdirSync(join(folder, 'checkpoint'));
    linkSync(file, join(folder, 'checkpoint', 'model'));
    // A change that leaves no trace in size and time would be seen only by reading again.
    writeAt(file, 'other', 1_000_000);
    expect(hashUnchanging(file).sha256).toBe(sha256('first'));
  });

  it('of what is written again or replaced are read again', () => {
    const file = join(folder, 'model');
    writeAt(file, 'first', 1_000_000);
    hashUnchanging(file);
    writeAt(file, 'other', 1_000_001);
    expect(hashUnchanging(file).sha256).toBe(sha256('other'));
    rmSync(file);
    // Takes the place of the number of the removed file, so that the new one has another.
    writeFileSync(join(folder, 'between'), '');
    writeAt(file, 'third', 1_000_001);
    expect(hashUnchanging(file).sha256).toBe(sha256('third'));
  });
});
