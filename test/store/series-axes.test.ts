import Database from 'better-sqlite3';
import fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { migrations } from '#store/migrations/index.ts';
import type { Store } from '#store/store.ts';
import {
  batchOf,
  exampleRun,
  runId,
  storeIn,
  storeWithRun,
  temporaryFolder,
  type Point,
} from './support/stores.ts';

const whole = { pixels: 4000, fromPlace: null, toPlace: null };

/** Points of one metric, `everyMs` apart. */
function append(
  store: Store,
  segment: number,
  points: readonly Point[],
  firstIndex: number,
  everyMs: number,
): void {
  const timesMs = points.map((_, row) => (row + 1) * everyMs);
  store.write.series.append(runId, segment, batchOf(points, firstIndex, timesMs));
}

const steps = (from: number, to: number, metric = 'train/loss'): Point[] =>
  Array.from({ length: to - from }, (_, row) => [metric, from + row, from + row]);

/** 100 s of training of which the last 40 were left behind, a pause, then 50 s more. */
function resumedRun(store: Store): void {
  append(store, 1, steps(0, 1000), 0, 100);
  store.write.segments.end(runId, 1, 'interrupted', null);
  expect(store.write.segments.begin(runId, 'older', 600)).toBe(2);
  append(store, 2, steps(600, 1100), 600, 100);
}

describe('axes of series', () => {
  it('counts training time over segments, lost work included and pauses left out', () => {
    const store = storeWithRun();
    resumedRun(store);
    const live = store.read.series.buckets(runId, 'train/loss', { ...whole, axis: 'time' });
    expect(live).toMatchObject({ total: 1100, fromPlace: 0.1, toPlace: 150 });
    expect([...(live?.segmentStarts ?? [])]).toEqual([100.1]);
    const places = [...(live?.lastPlaces ?? [])];
    const values = [...(live?.lasts ?? [])];
    // Value 599 was logged 60 s after the begin, value 600 of the live curve 0.1 s into the second segment.
    expect(places[values.indexOf(599)]).toBeCloseTo(60, 9);
    expect(places[values.indexOf(600)]).toBeCloseTo(100.1, 9);
    expect(places.every((place, at) => at === 0 || place > (places[at - 1] ?? 0))).toBe(true);
    const tail = store.read.series.buckets(runId, 'train/loss', {
      ...whole,
      axis: 'time',
      discarded: true,
    });
    expect(tail).toMatchObject({ total: 400, toPlace: 100 });
    expect(tail?.fromPlace).toBeCloseTo(60.1, 9);
  });

  it('serves a part of the time axis with the points of that part only', () => {
    const store = storeWithRun();
    resumedRun(store);
    const part = store.read.series.buckets(runId, 'train/loss', {
      pixels: 7,
      fromPlace: 59,
      toPlace: 101,
      axis: 'time',
    });
    // 59.0 to 60.0 s are 11 points, 100.1 to 101.0 s are 10.
    expect(part?.counts.reduce((sum, count) => sum + count, 0)).toBe(21);
    expect(part?.counts.length).toBe(2);
    expect([...(part?.lasts ?? [])]).toEqual([599, 609]);
  });

  it('agrees with all points in every bucket of time, however they were batched', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 1500 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 700 }),
        (gaps, pixels, batch) => {
          const store = storeWithRun();
          let now = 0;
          const timesMs = gaps.map((gap) => (now += gap));
          const points = gaps.map((gap, row): Point => ['a', row, gap]);
          for (let at = 0; at < points.length; at += batch) {
            const part = points.slice(at, at + batch);
            const times = timesMs.slice(at, at + batch);
            store.write.series.append(runId, 1, batchOf(part, at, times));
          }
          const found = store.read.series.buckets(runId, 'a', { ...whole, pixels, axis: 'time' });
          expect(found).toMatchObject({
            fromPlace: (timesMs[0] ?? 0) / 1000,
            toPlace: now / 1000,
          });
          let seen = 0;
          found?.counts.forEach((count, bucket) => {
            expect(found.firstPlaces[bucket]).toBe((timesMs[seen] ?? 0) / 1000);
            expect(found.lastPlaces[bucket]).toBe((timesMs[seen + count - 1] ?? 0) / 1000);
            const inside = gaps.slice(seen, seen + count);
            expect(found.mins[bucket]).toBe(Math.min(...inside));
            expect(found.maxs[bucket]).toBe(Math.max(...inside));
            seen += count;
          });
          expect(seen).toBe(gaps.length);
          store.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('puts what is sampled by time at the epoch of that time', () => {
    const store = storeWithRun();
    // Epochs 1, 2 and 3 end at 10, 20 and 30 s; memory is sampled every 5 s with its own steps.
    const epochs = [1, 2, 3].map((epoch): Point => ['train/loss', epoch, 0]);
    store.write.series.append(runId, 1, batchOf(epochs, 0, [10_000, 20_000, 30_000]));
    const samples = [5, 10, 15, 40].map((second): Point => ['system/memory', second, second]);
    store.write.series.append(runId, 1, batchOf(samples, 3, [5000, 10_000, 15_000, 40_000]));
    const on = (metric: string) =>
      store.read.series.buckets(runId, metric, { ...whole, axis: 'epoch' });
    expect([...(on('system/memory')?.lastPlaces ?? [])]).toEqual([0.5, 1, 1.5, 3]);
    expect([...(on('train/loss')?.lastPlaces ?? [])]).toEqual([1, 2, 3]);
  });

  it("gives a fork its source's training time", () => {
    const store = storeWithRun();
    resumedRun(store);
    const fork = 'f'.repeat(16);
    store.write.runs.insert(exampleRun(fork));
    store.write.series.copy(runId, fork, 0, 1100);
    const time = { ...whole, axis: 'time' } as const;
    const parent = store.read.series.buckets(runId, 'train/loss', time);
    // What was copied is one stretch: its breaks are its source's.
    expect(store.read.series.buckets(fork, 'train/loss', time)).toEqual({
      ...parent,
      segmentStarts: new Float64Array(0),
    });
    store.write.segments.begin(fork, null, 1100);
    store.write.series.append(fork, 1, batchOf([['train/loss', 1100, 1]], 1100, [2000]));
    const grown = store.read.series.buckets(fork, 'train/loss', time);
    expect(grown?.toPlace).toBe(152);
    expect([...(grown?.segmentStarts ?? [])]).toEqual([152]);
  });

  it('finds the times of chunks that were written before their headers held them', () => {
    const folder = temporaryFolder();
    const store = storeWithRun(folder);
    resumedRun(store);
    const time = { ...whole, axis: 'time' } as const;
    const before = store.read.series.buckets(runId, 'train/loss', time);
    store.close();
    // Back to the schema of version 10, with the same rows.
    const database = new Database(join(folder, 'offrec.sqlite'));
    database.exec(`
      ALTER TABLE chunks DROP COLUMN pieces; ALTER TABLE chunks DROP COLUMN first_ms; ALTER TABLE chunks DROP COLUMN last_ms;
      DROP TABLE segment_times; ALTER TABLE runs DROP COLUMN favourite;
      ALTER TABLE runs DROP COLUMN archived; PRAGMA user_version = 10`);
    database.close();
    const upToMarks = migrations.filter(({ version }) => version <= 20);
    const upgraded = storeIn(folder, { migrations: upToMarks });
    expect(upgraded.read.series.buckets(runId, 'train/loss', time)).toEqual(before);
  });
});
