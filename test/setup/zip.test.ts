import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listZip, unpackMembers } from '#setup/zip.mjs';
import { zipFile } from './zip-file.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offrec-zip-'));
  file = join(folder, 'a.whl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const quiet = { onBytes: () => {} };

it('unpacks the named members, deflated and stored, and nothing else', async () => {
  const members = {
    'a/large.so': Buffer.alloc(3_000_000, 'tensor'),
    'a/random.stored': randomBytes(70_000),
    'a/tool.run': Buffer.from('#!/bin/sh\n'),
    'a/empty.h': Buffer.alloc(0),
    'b/unwanted': Buffer.from('no'),
  };
  writeFileSync(file, zipFile(members));
  const names = ['a/large.so', 'a/random.stored', 'a/tool.run', 'a/empty.h'] as const;
  const unpacked = await unpackMembers(file, new Set(names), folder, quiet);
  for (const name of names) {
    expect(readFileSync(join(folder, name)).equals(members[name])).toBe(true);
    expect(unpacked[name]).toEqual({
      bytes: members[name].length,
      sha256: createHash('sha256').update(members[name]).digest('hex'),
    });
  }
  expect(statSync(join(folder, 'a/tool.run')).mode & 0o111).not.toBe(0);
  expect(existsSync(join(folder, 'b'))).toBe(false);
});

it('counts the bytes that it has unpacked', async () => {
  writeFileSync(file, zipFile({ x: Buffer.alloc(2_500_000), y: Buffer.alloc(10) }));
  const seen: [number, number][] = [];
  const onBytes = (done: number, total: number) => seen.push([done, total]);
  await unpackMembers(file, new Set(['x', 'y']), folder, { onBytes });
  expect(seen.at(-1)).toEqual([2_500_010, 2_500_010]);
  expect(seen.length).toBeGreaterThan(2);
});

it('refuses a file that is cut off', async () => {
  const whole = zipFile({ x: randomBytes(5000), y: randomBytes(5000) });
  for (const kept of [0, 21, 4000, whole.length - 30]) {
    writeFileSync(file, whole.subarray(0, kept));
    await expect(listZip(file)).rejects.toThrow(/not a complete zip file/);
  }
});

it('refuses a member that is not there', async () => {
  writeFileSync(file, zipFile({ x: randomBytes(10) }));
  await expect(unpackMembers(file, new Set(['z']), folder, quiet)).rejects.toThrow(/holds no z/);
});

it('refuses a member whose contents are damaged', async () => {
  const whole = zipFile({ x: Buffer.alloc(100_000, 'abc') });
  whole.fill(0xff, 40, 60);
  writeFileSync(file, whole);
  await expect(unpackMembers(file, new Set(['x']), folder, quiet)).rejects.toThrow();
});

it('stops when it is aborted', async () => {
  writeFileSync(file, zipFile({ x: Buffer.alloc(20_000_000) }));
  const abort = new AbortController();
  const options = { onBytes: () => abort.abort(new Error('enough')), signal: abort.signal };
  await expect(unpackMembers(file, new Set(['x']), folder, options)).rejects.toThrow();
});
