import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  fromHostSchema,
  orphanNoteSchema,
  toHostSchema,
  type FromHost,
  type MetricBatch,
  type ToHost,
} from '#contract/host.ts';
import { protocolSchema } from '#contract/protocol.ts';
import type { TrainOptions, TrainResult } from '#engine/training/train-run.ts';
import { MetricSender, type MetricSenderOptions } from '#hosts/metric-sender.ts';
import type { HostLine } from '#hosts/host-line.ts';
import { serveTraining, type TrainFunction } from '#hosts/train-session.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'offrec-host-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function sender(change: Partial<MetricSenderOptions> = {}): {
  metrics: MetricSender;
  batches: MetricBatch[];
  logs: string[];
} {
  const batches: MetricBatch[] = [];
  const logs: string[] = [];
  const metrics = new MetricSender({
    firstIndex: 0,
    send: (batch) => batches.push(batch),
    log: (_level, message) => logs.push(message),
    now: () => 1,
    limits: { batchPoints: 10, flushMs: 20, backlogPoints: 100 },
    ...change,
  });
  return { metrics, batches, logs };
}

describe('the metric sender', () => {
  it('sends everything once and in order, whatever the batches', () => {
    const point = fc.tuple(fc.constantFrom('a', 'b', 'eval/c'), fc.double());
    fc.assert(
      fc.property(fc.array(fc.array(point, { maxLength: 30 }), { maxLength: 8 }), (groups) => {
        const { metrics, batches } = sender({
          firstIndex: 5,
          limits: { batchPoints: 10, backlogPoints: 1000 },
        });
        for (const group of groups) {
          group.forEach(([name, value], row) => metrics.add(name, row, value));
          metrics.flush();
        }
        metrics.stop();
        const sent = batches.flatMap((batch) =>
          Array.from(batch.series, (name, row) => [
            batch.names[name],
            batch.steps[row],
            batch.values[row],
          ]),
        );
        const given = groups.flatMap((group) =>
          group.map(([name, value], row) => [name, row, value]),
        );
        expect(sent).toEqual(given);
        let next = 5;
        for (const batch of batches) {
          expect(batch.firstIndex).toBe(next);
          next += batch.series.length;
          expect(fromHostSchema.safeParse({ type: 'metrics', batch }).success).toBe(true);
        }
        expect(metrics.count).toBe(next);
      }),
    );
  });

  it('sends a lonely point after a moment', async () => {
    const { metrics, batches } = sender();
    metrics.add('a', 0, 1);
    expect(batches.length).toBe(0);
    while (batches.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(batches[0]?.series.length).toBe(1);
    metrics.stop();
  });

  it('waits for the acknowledgement of what was logged before', async () => {
    const { metrics } = sender();
    await metrics.flushed();
    for (let row = 0; row < 25; row += 1) metrics.add('a', row, row);
    let done = false;
    const flushed = metrics.flushed().then(() => (done = true));
    metrics.acknowledge(20);
    await new Promise((resolve) => setImmediate(resolve));
    expect(done).toBe(false);
    expect(metrics.unacknowledged().length).toBe(1);
    metrics.acknowledge(25);
    await flushed;
    expect(metrics.unacknowledged()).toEqual([]);
    metrics.stop();
  });

  it('thins what is not essential while the store is behind, and says so', () => {
    const { metrics, batches, logs } = sender();
    for (let row = 0; row < 1000; row += 1) {
      metrics.add('train/loss', row, row);
      if (row % 10 === 0) metrics.add('eval/rTra', row, row);
    }
    metrics.flush();
    const kept = (name: string): number =>
      batches.reduce(
        (sum, batch) => sum + batch.series.filter((each) => batch.names[each] === name).length,
        0,
      );
    expect(kept('eval/rTra')).toBe(100);
    expect(kept('train/loss')).toBeLessThan(200);
    expect(metrics.backlog).toBeLessThan(300);
    expect(logs).toEqual([expect.stringContaining('thinned')]);
    metrics.acknowledge(metrics.count);
    const left = 1000 - kept('train/loss');
    expect(logs[1]).toContain(`${String(left)} points were left out`);
    metrics.add('train/loss', 1001, 1);
    metrics.stop();
    expect(batches.length).toBeGreaterThan(0);
  });
});

class FakePort implements HostLine {
  gone = false;
  readonly sent: FromHost[] = [];
  #listener: (message: unknown) => void = () => undefined;
  #onGone: () => void = () => undefined;

  send(message: unknown): Promise<void> {
    if (!this.gone) this.sent.push(message as FromHost);
    return Promise.resolve();
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
  }

  onGone(listener: () => void): void {
    this.#onGone = listener;
  }

  receive(message: unknown): void {
    this.#listener(message);
  }

  leave(): void {
    this.gone = true;
    this.#onGone();
  }
}

function startMessage(): ToHost {
  return {
    type: 'start',
    runId: '0'.repeat(16),
    segment: 2,
    spec: {
      dataset: 'a',
      datasetChecksum: 'a'.repeat(64),
      method: 'mbpo',
      config: {},
      seed: 0,
      protocol: protocolSchema.parse({}),
      compute: { device: 'auto', threads: 1, xla: false },
    },
    datasetFolder: folder,
    runFolder: folder,
    cacheFolder: folder,
    resumeFrom: null,
    metricCount: 7,
    checkpointEveryS: 60,
  };
}

const checkpoint = {
  name: 'first',
  phase: 0,
  step: 1,
  bytes: 1,
  metricCount: 99,
  hash: 'h',
  final: false,
};

/** Logs two points, announces a checkpoint, then walks until it is asked to stop. */
const patientTraining: TrainFunction = async ({
  report,
  control,
  flushed,
}: TrainOptions): Promise<TrainResult> => {
  report.metric('eval/a', 1, 1);
  report.metric('b', 1, Number.NaN);
  await flushed();
  report.checkpoint(checkpoint);
  for (;;) {
    const request = control.request();
    if (request === 'pause' || request === 'stop') {
      return { outcome: request === 'pause' ? 'paused' : 'stopped', checkpoint };
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

async function until(question: () => boolean): Promise<void> {
  while (!question()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('a train session', () => {
  it('announces a checkpoint after its points, with the number that the store has', async () => {
    const port = new FakePort();
    const status = serveTraining(port, patientTraining);
    port.receive(startMessage());
    await until(() => port.sent.length > 0);
    expect(port.sent).toMatchObject([{ type: 'metrics', batch: { firstIndex: 7 } }]);
    port.receive({ type: 'acknowledge', count: 9 });
    await until(() => port.sent.length > 1);
    expect(port.sent[1]).toMatchObject({ type: 'checkpoint', checkpoint: { metricCount: 9 } });
    port.receive({ type: 'stop' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    // The end waits until the store has the checkpoint.
    expect(port.sent.length).toBe(2);
    port.receive({ type: 'checkpoint-kept', name: 'first' });
    expect(await status).toBe(0);
    expect(port.sent[2]).toMatchObject({
      type: 'ended',
      outcome: 'stopped',
      checkpoint: { metricCount: 9 },
    });
    for (const message of port.sent) expect(fromHostSchema.safeParse(message).success).toBe(true);
  });

  it('leaves a note with what was not acknowledged when its parent is gone', async () => {
    const port = new FakePort();
    const status = serveTraining(port, patientTraining);
    port.receive(startMessage());
    await until(() => port.sent.length > 0);
    port.leave();
    expect(await status).toBe(0);
    const note = orphanNoteSchema.parse(
      JSON.parse(readFileSync(join(folder, 'orphan.json'), 'utf8')),
    );
    expect(note).toMatchObject({
      segment: 2,
      outcome: 'paused',
      error: null,
      checkpoints: [{ name: 'first', metricCount: 9 }],
      batches: [{ firstIndex: 7, names: ['eval/a', 'b'] }],
    });
    const values = Buffer.from(note.batches[0]?.values ?? '', 'base64');
    expect([values.readDoubleLE(0), values.readDoubleLE(8)]).toEqual([1, Number.NaN]);
  });

  it('tells of a failure after the points that led to it', async () => {
    const port = new FakePort();
    const status = serveTraining(port, ({ report }) => {
      report.metric('a', 1, 1);
      return Promise.reject(new Error('diverged'));
    });
    port.receive(startMessage());
    expect(await status).toBe(1);
    expect(port.sent).toMatchObject([
      { type: 'metrics' },
      { type: 'failed', error: { code: 'internal', message: 'diverged' } },
    ]);
  });

  it('ends in order when its parent is gone before it began', async () => {
    const port = new FakePort();
    const status = serveTraining(port, patientTraining);
    port.leave();
    expect(await status).toBe(0);
  });

  it('refuses any message that makes no sense', async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (message) => {
        fc.pre(!toHostSchema.safeParse(message).success);
        const port = new FakePort();
        const status = serveTraining(port, patientTraining);
        port.receive(message);
        await expect(status).rejects.toMatchObject({ code: 'internal' });
      }),
    );
  });
});

describe('messages of hosts', () => {
  const batch = (change: Partial<MetricBatch>): unknown => ({
    type: 'metrics',
    batch: {
      sequence: 0,
      firstIndex: 0,
      names: ['a'],
      series: Uint16Array.of(0),
      steps: Float64Array.of(1),
      values: Float64Array.of(Number.NaN),
      timesMs: Float64Array.of(1),
      ...change,
    },
  });
  const accepted = (message: unknown): boolean => fromHostSchema.safeParse(message).success;

  it('are refused when their columns do not fit', () => {
    expect(accepted(batch({}))).toBe(true);
    expect(accepted(batch({ steps: Float64Array.of(1, 2) }))).toBe(false);
    expect(accepted(batch({ steps: Float64Array.of(Number.NaN) }))).toBe(false);
    expect(accepted(batch({ series: Uint16Array.of(1) }))).toBe(false);
    expect(accepted(batch({ firstIndex: -1 }))).toBe(false);
    expect(accepted(batch({ names: ['x'.repeat(300)] }))).toBe(false);
    expect(accepted(batch({ values: [1] as never }))).toBe(false);
    const long = new Float64Array(5000);
    expect(
      accepted(batch({ series: new Uint16Array(5000), steps: long, values: long, timesMs: long })),
    ).toBe(false);
  });

  it('cannot name a checkpoint outside its folder', () => {
    for (const name of ['../other', '/etc', '.hidden', '', 'a/b', 'a\0b', 'x'.repeat(100)]) {
      expect(accepted({ type: 'checkpoint', checkpoint: { ...checkpoint, name } })).toBe(false);
    }
    expect(accepted({ type: 'checkpoint', checkpoint })).toBe(true);
  });

  it('of any other form are refused without harm', () => {
    fc.assert(
      fc.property(fc.anything({ withTypedArray: true, withSparseArray: true }), (message) => {
        expect(accepted(message)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
