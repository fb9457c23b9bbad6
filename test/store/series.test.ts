import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MetricSummary } from '#contract/run.ts';
import { OffrecError } from '#contract/errors.ts';
import { decodeChunk, encodeChunk, type PointColumns } from '#store/chunk-codec.ts';
import {
  batchOf,
  runId,
  storeIn,
  storeWithRun,
  temporaryFolder,
  type Point,
} from './support/stores.ts';

const bits = (values: Float64Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('hex');

const oddValue = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, Infinity, -Infinity, -0, 0, Number.MIN_VALUE),
);

describe('chunk codec', () => {
  it('keeps every bit of every value', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(oddValue, fc.double({ noNaN: true })), { maxLength: 600 }),
        (rows) => {
          const columns: PointColumns = {
            indices: Uint32Array.from(rows.keys()),
            timesMs: Uint32Array.from(rows, (_, row) => row * 3),
            steps: Float64Array.from(rows, ([, step]) => step),
            values: Float64Array.from(rows, ([value]) => value),
          };
          const back = decodeChunk(encodeChunk(columns), 'test');
          expect(bits(back.values)).toBe(bits(columns.values));
          expect(bits(back.steps)).toBe(bits(columns.steps));
          expect([...back.indices]).toEqual([...columns.indices]);
          expect([...back.timesMs]).toEqual([...columns.timesMs]);
        },
      ),
    );
  });

  it('refuses a blob with any one byte changed, cut off or added', () => {
    const blob = encodeChunk({
      indices: Uint32Array.of(1, 2, 3),
      timesMs: Uint32Array.of(4, 5, 6),
      steps: Float64Array.of(1, 2, 3),
      values: Float64Array.of(Number.NaN, 2.5, -1),
    });
    // Bytes 12 to 15 are reserved and mean nothing.
    const meaningful = [...blob.keys()].filter((at) => at < 12 || at >= 16);
    for (const at of meaningful) {
      const damaged = Buffer.from(blob);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      expect(() => decodeChunk(damaged, 'here')).toThrow(OffrecError);
    }
    expect(() => decodeChunk(blob.subarray(0, -1), 'here')).toThrow(OffrecError);
    expect(() => decodeChunk(Buffer.concat([blob, Buffer.of(0)]), 'here')).toThrow(OffrecError);
    expect(() => decodeChunk(Buffer.alloc(0), 'here')).toThrow(OffrecError);
  });
});

/** The summary as its definition says, from all points at once. */
function expectedSummary(metric: string, points: readonly Point[], best: 'max' | 'min' | 'none') {
  const values = points.map(([, , value]) => value);
  const finite = values.filter((value) => Number.isFinite(value));
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const quarter = values.slice(-Math.ceil(values.length / 4)).filter((v) => Number.isFinite(v));
  const last = values.at(-1) ?? Number.NaN;
  const extreme = best === 'max' ? Math.max(...finite) : Math.min(...finite);
  const none = finite.length === 0;
  return {
    metric,
    count: values.length,
    finite: finite.length,
    last: Number.isFinite(last) ? last : null,
    min: none ? null : Math.min(...finite),
    max: none ? null : Math.max(...finite),
    mean: none ? null : mean,
    std: finite.length < 2 ? null : Math.sqrt(squares / (finite.length - 1)),
    lastQuarter: quarter.length === 0 ? null : quarter.reduce((a, b) => a + b, 0) / quarter.length,
    best: none || best === 'none' ? null : extreme,
  };
}

function expectClose(actual: MetricSummary, expected: ReturnType<typeof expectedSummary>): void {
  const rest: Partial<MetricSummary> = { ...actual };
  delete rest.bestStep;
  expect(Object.keys(rest).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) {
    const found = rest[name as keyof typeof rest];
    if (typeof value === 'number' && typeof found === 'number') {
      expect(Math.abs(found - value), name).toBeLessThanOrEqual(
        1e-9 * Math.max(1, Math.abs(value)),
      );
    } else expect(found, name).toEqual(value);
  }
}

describe('series', () => {
  const metrics = ['train/loss', 'eval/rTra', 'other'] as const;
  const directionOf = { 'train/loss': 'min', 'eval/rTra': 'max', other: 'none' } as const;
  const point = fc.tuple(
    fc.constantFrom(...metrics),
    fc.oneof(fc.double({ min: -1000, max: 1000, noNaN: true }), fc.constantFrom(NaN, Infinity)),
  );
  const action = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ append: fc.array(point, { minLength: 1, maxLength: 900 }) }),
    },
    { weight: 1, arbitrary: fc.record({ resumeAt: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  );

  it('holds the live curve, its tails and its summaries through any batches and resumes', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 14 }), (actions) => {
        const store = storeWithRun();
        let live: Point[] = [];
        const tails: Point[] = [];
        let segment = 1;
        for (const step of actions) {
          if ('append' in step) {
            const points = step.append.map(([metric, value], row): Point => [
              metric,
              live.length + row,
              value,
            ]);
            live.push(...points);
            const count = store.write.series.append(
              runId,
              segment,
              batchOf(points, live.length - points.length),
            );
            expect(count).toBe(live.length);
          } else {
            const at = Math.floor(step.resumeAt * live.length);
            tails.push(...live.slice(at));
            live = live.slice(0, at);
            segment = store.write.segments.begin(runId, 'older', at);
          }
        }
        for (const metric of metrics) {
          const expected = live.filter(([name]) => name === metric);
          const [points, total] = store.read.series.points(runId, metric) ?? [null, 0];
          expect(total).toBe(expected.length);
          expect([...(points?.values ?? [])]).toEqual(expected.map(([, , value]) => value));
          expect([...(points?.steps ?? [])]).toEqual(expected.map(([, at]) => at));
          const discarded = [...store.read.series.discardedPoints(runId, metric).values];
          const expectedTail = tails
            .filter(([name]) => name === metric)
            .map(([, , value]) => value);
          expect(discarded.sort()).toEqual(expectedTail.sort());
          const summary = store.read.series.summary(runId, metric);
          if (expected.length === 0) expect(summary).toBeNull();
          else if (summary !== null) {
            expectClose(summary, expectedSummary(metric, expected, directionOf[metric]));
          } else expect.unreachable();
        }
        const discardedBySegments = store.read.segments
          .list(runId)
          .reduce((sum, each) => sum + each.discarded, 0);
        expect(discardedBySegments).toBe(tails.length);
        store.close();
      }),
      { numRuns: 25 },
    );
  });

  it('gives summaries with the same bits whether a run was interrupted or not', () => {
    const points = Array.from({ length: 1300 }, (_, row): Point => ['m', row, Math.sin(row) / 3]);
    const whole = storeWithRun();
    whole.write.series.append(runId, 1, batchOf(points, 0));
    whole.write.segments.end(runId, 1, 'done', null);
    const broken = storeWithRun();
    for (let at = 0; at < 900; at += 100) {
      broken.write.series.append(runId, 1, batchOf(points.slice(at, at + 100), at));
    }
    const segment = broken.write.segments.begin(runId, 'older', 555);
    broken.write.series.append(runId, segment, batchOf(points.slice(555), 555));
    expect(broken.read.series.summary(runId, 'm')).toEqual(whole.read.series.summary(runId, 'm'));
  });

  it('accepts a batch twice, refuses a gap and a closed segment', () => {
    const store = storeWithRun();
    const points: Point[] = [
      ['a', 0, 1],
      ['a', 1, 2],
      ['a', 2, 3],
    ];
    expect(store.write.series.append(runId, 1, batchOf(points.slice(0, 2), 0))).toBe(2);
    expect(store.write.series.append(runId, 1, batchOf(points, 0))).toBe(3);
    expect(store.write.series.append(runId, 1, batchOf(points.slice(0, 2), 0))).toBe(3);
    expect([...(store.read.series.points(runId, 'a')?.[0].values ?? [])]).toEqual([1, 2, 3]);
    expect(() => store.write.series.append(runId, 1, batchOf(points, 4))).toThrow(/missing/);
    store.write.segments.end(runId, 1, 'paused', null);
    expect(() => store.write.series.append(runId, 1, batchOf(points, 3))).toThrow(/taken over/);
    expect(() => store.write.series.append('f'.repeat(16), 1, batchOf(points, 0))).toThrow(
      /no run/,
    );
  });

  it('serves a window of points across sealed and open chunks', () => {
    const store = storeWithRun();
    for (let at = 0; at < 1500; at += 100) {
      const points = Array.from({ length: 100 }, (_, row): Point => [
        'a',
        at + row,
        (at + row) * 2,
      ]);
      store.write.series.append(runId, 1, batchOf(points, at));
    }
    const [points, total] = store.read.series.points(runId, 'a', 500, 1000) ?? [];
    expect(total).toBe(1500);
    expect([...(points?.steps ?? [])]).toEqual(Array.from({ length: 1000 }, (_, row) => 500 + row));
  });

  it('condenses a series into buckets that agree with all its points', () => {
    const value = fc.oneof(fc.double({ min: -5, max: 5, noNaN: true }), fc.constant(Number.NaN));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 3000 }),
        fc.integer({ min: 1, max: 40 }),
        (values, pixels) => {
          const store = storeWithRun();
          const points = values.map((each, row): Point => ['a', row, each]);
          for (let at = 0; at < points.length; at += 700) {
            store.write.series.append(runId, 1, batchOf(points.slice(at, at + 700), at));
          }
          const buckets = store.read.series.buckets(runId, 'a', {
            pixels,
            fromPlace: null,
            toPlace: null,
          });
          expect(buckets).not.toBeNull();
          if (buckets === null) return;
          expect(buckets.counts.reduce((a, b) => a + b, 0)).toBe(values.length);
          expect(buckets.counts.length).toBeLessThanOrEqual(pixels);
          buckets.counts.forEach((count, bucket) => {
            const first = buckets.firstPlaces[bucket] ?? 0;
            const last = buckets.lastPlaces[bucket] ?? 0;
            const inside = values.slice(first, last + 1);
            expect(inside.length).toBe(count);
            expect(buckets.lasts[bucket]).toBe(inside.at(-1));
            const finite = inside.filter((each) => Number.isFinite(each));
            expect(buckets.mins[bucket]).toBe(finite.length === 0 ? NaN : Math.min(...finite));
            expect(buckets.maxs[bucket]).toBe(finite.length === 0 ? NaN : Math.max(...finite));
            const mean = finite.reduce((a, b) => a + b, 0) / finite.length;
            if (finite.length > 0) expect(buckets.means[bucket]).toBeCloseTo(mean, 9);
          });
          store.close();
        },
      ),
      { numRuns: 30 },
    );
  });

  it('shows what one process wrote to another one at once', () => {
    const folder = temporaryFolder();
    const writer = storeWithRun(folder);
    const reader = storeIn(folder, { readOnly: true });
    const cursor = reader.read.revisions.current();
    writer.write.series.append(runId, 1, batchOf([['eval/rTra', 1, 5]], 0));
    expect(reader.read.series.summary(runId, 'eval/rTra')).toMatchObject({
      last: 5,
      best: 5,
      bestStep: 1,
    });
    expect(reader.read.revisions.since(cursor)).toMatchObject({
      series: [{ run: runId, metric: 'eval/rTra', count: 1 }],
      runs: [],
    });
    expect(() => reader.write).toThrow(/reading only/);
  });
});
