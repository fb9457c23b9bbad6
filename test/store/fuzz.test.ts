import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OffrecError } from '#contract/errors.ts';
import type { Store } from '#store/store.ts';
import {
  batchOf,
  runId,
  storeIn,
  storeWithRun,
  temporaryFolder,
  type Point,
} from './support/stores.ts';

const soak = process.env['OFFREC_SOAK'] === '1';
const numRuns = soak ? 5000 : 150;

/** A closed store with a run, sealed and open chunks, logs and a checkpoint; returns its folder. */
function richStore(): string {
  const folder = temporaryFolder();
  const store = storeWithRun(folder);
  const points = Array.from({ length: 1800 }, (_, row): Point => [
    row % 3 === 0 ? 'a' : 'b',
    row,
    row / 7,
  ]);
  store.write.series.append(runId, 1, batchOf(points, 0));
  store.write.logs.add(runId, 1, 'info', 'a line');
  store.write.checkpoints.put(runId, 1, {
    name: 'first',
    phase: 0,
    step: 1,
    bytes: 10,
    metricCount: 100,
    hash: 'f'.repeat(64),
    final: false,
  });
  store.close();
  return folder;
}

/** Reads and writes everything; errors must be ours, never a crash and never a foreign error. */
function exercise(store: Store): void {
  const steps: (() => unknown)[] = [
    () => store.read.runs.list({}),
    () => store.read.experiments.list(),
    () => store.read.series.summaries(runId),
    () => store.read.series.points(runId, 'a'),
    () => store.read.series.buckets(runId, 'b', { pixels: 50, fromPlace: null, toPlace: null }),
    () => store.read.logs.after(runId, 0, 100),
    () => store.read.checkpoints.list(runId),
    () => store.read.segments.list(runId),
    () => store.read.revisions.since(0),
    () => store.write.segments.begin(runId, 'first', 100),
    () => store.write.series.append(runId, 2, batchOf([['a', 1, 2]], 100)),
    () => store.write.runs.remove(runId),
  ];
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      expect(error).toBeInstanceOf(OffrecError);
    }
  }
}

function openAndExercise(folder: string): void {
  let store: Store;
  try {
    store = storeIn(folder);
  } catch (error) {
    expect(error).toBeInstanceOf(OffrecError);
    return;
  }
  exercise(store);
  const problem = store.close();
  if (problem !== null) expect(problem).toBeInstanceOf(OffrecError);
}

describe('a damaged database file', () => {
  const content = readFileSync(join(richStore(), 'offrec.sqlite'));

  it('with flipped bytes gives our errors or the truth, never a crash', () => {
    const flip = fc.tuple(fc.nat(content.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(fc.array(flip, { minLength: 1, maxLength: 40 }), (flips) => {
        const folder = temporaryFolder();
        const damaged = Buffer.from(content);
        for (const [at, mask] of flips) damaged[at] = (damaged[at] ?? 0) ^ mask;
        writeFileSync(join(folder, 'offrec.sqlite'), damaged);
        openAndExercise(folder);
      }),
      { numRuns },
    );
  });

  it('cut off anywhere gives our errors or the truth, never a crash', () => {
    fc.assert(
      fc.property(fc.nat(content.length), (length) => {
        const folder = temporaryFolder();
        const file = join(folder, 'offrec.sqlite');
        writeFileSync(file, content.subarray(0, length));
        openAndExercise(folder);
      }),
      { numRuns },
    );
  });

  it('of any other content is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 5000 }), (bytes) => {
        const folder = temporaryFolder();
        writeFileSync(join(folder, 'offrec.sqlite'), bytes);
        expect(() => storeIn(folder)).toThrow(OffrecError);
      }),
      { numRuns },
    );
  });

  it('never gives other values for a chunk whose bytes have changed', () => {
    const pattern = content.indexOf(Buffer.from([0x43, 0x4f, 0x01, 0x00]));
    expect(pattern).toBeGreaterThan(0);
    const folder = temporaryFolder();
    const damaged = Buffer.from(content);
    damaged[pattern + 40] = (damaged[pattern + 40] ?? 0) ^ 1;
    writeFileSync(join(folder, 'offrec.sqlite'), damaged);
    const store = storeIn(folder);
    const reads = ['a', 'b'].map((metric) => () => store.read.series.points(runId, metric));
    const refused = reads.filter((read) => {
      try {
        read();
        return false;
      } catch (error) {
        return error instanceof OffrecError && error.code === 'corrupt-file';
      }
    });
    expect(refused.length).toBe(1);
  });
});
