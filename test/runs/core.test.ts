import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CoreChange } from '#core/api.ts';
import type { Core } from '#core/core.ts';
import { coreOn, experiment, temporaryHome } from './support/homes.ts';

afterEach(() => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('OFFREC_TEST_STEP') || name.startsWith('OFFREC_TEST_FAIL'))
      delete process.env[name];
    if (name.startsWith('OFFREC_TEST_CRASH')) delete process.env[name];
  }
});

/** Resolves when the run has taken some steps. */
async function whenRunning(core: Core, id: string, steps = 3): Promise<void> {
  while (
    (core.runs.get(id).progress?.done ?? 0) < steps ||
    core.runs.get(id).status !== 'running'
  ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function finishedHash(home: string, epochs: number, seed = 0): Promise<string> {
  const core = await coreOn(home);
  const { runs } = await core.experiments.create(
    experiment({ name: 'whole', epochs, seeds: [seed] }),
  );
  await core.queue.serve();
  const [run] = await core.runs.waitFor(runs.map(({ id }) => id));
  await core.close();
  expect(run?.status).toBe('done');
  return run?.weightsHash ?? '';
}

describe('a run', () => {
  it('goes from an experiment file to a table and a checkpoint', async () => {
    const core = await coreOn(temporaryHome(), { concurrency: 2 });
    const file = experiment({
      seeds: [0, 1, 2],
      methods: [{ use: 'mbpo', set: { epochs: [20, 40] } }],
    });
    const created = await core.experiments.create(file);
    expect(created).toMatchObject({ added: 6, reused: 0 });
    expect(created.runs.map(({ spec }) => spec.seed)).toEqual([0, 0, 1, 1, 2, 2]);
    expect(await core.queue.serve()).toBe('self');
    const runs = await core.runs.waitFor(created.runs.map(({ id }) => id));
    expect(runs.map(({ status }) => status)).toEqual(Array(6).fill('done'));
    const detail = core.runs.show(runs[1]?.id ?? '');
    expect(detail.segments).toMatchObject([{ number: 1, outcome: 'done', discarded: 0 }]);
    expect(detail.checkpoints.at(-1)).toMatchObject({
      name: 'final',
      final: true,
      metricCount: 40 * 7,
    });
    expect(detail.metrics.find(({ metric }) => metric === 'eval/length')).toMatchObject({
      count: 40,
      mean: 30,
      std: 0,
      last: 30,
      lastQuarter: 30,
    });
    const table = await core.tables.data('storm', { metrics: ['length'], aggregations: ['final'] });
    expect(
      table.map(({ label, values }) => [label, values.map(({ seed, value }) => [seed, value])]),
    ).toEqual([
      [
        expect.stringContaining('epochs=20'),
        [
          [0, 30],
          [1, 30],
          [2, 30],
        ],
      ],
      [
        expect.stringContaining('epochs=40'),
        [
          [0, 30],
          [1, 30],
          [2, 30],
        ],
      ],
    ]);
    const target = join(core.home.root, 'exported');
    const exported = await core.checkpoints.export(runs[0]?.id ?? '', target);
    expect(exported).toMatchObject({ ok: true, folder: target });
    expect(await core.checkpoints.verify(target)).toMatchObject({ ok: true, problems: [] });
    expect(readFileSync(join(target, 'README.md'), 'utf8')).toContain('seed 0');
    await expect(core.checkpoints.export(runs[0]?.id ?? '', target)).rejects.toMatchObject({
      code: 'already-exists',
    });
  });

  it('pauses, resumes and ends with the bits of an uninterrupted run', async () => {
    const whole = await finishedHash(temporaryHome(), 300);
    process.env['OFFREC_TEST_STEP_MS'] = '5';
    const core = await coreOn(temporaryHome());
    const {
      runs: [run],
    } = await core.experiments.create(experiment({ epochs: 300 }));
    const id = run?.id ?? '';
    await core.queue.serve();
    await whenRunning(core, id);
    expect((await core.runs.pause(id)).status).toBe('paused');
    expect((await core.runs.pause(id)).status).toBe('paused');
    const checkpoint = core.runs.show(id).checkpoints.at(-1);
    expect(checkpoint?.step).toBeGreaterThan(0);
    await core.runs.resume(id);
    await whenRunning(core, id, (checkpoint?.step ?? 0) + 2);
    const asked = await core.runs.checkpoint(id);
    expect(existsSync(join(asked.folder, 'weights.safetensors'))).toBe(true);
    const [done] = await core.runs.waitFor([id]);
    expect(done).toMatchObject({ status: 'done', weightsHash: whole });
    expect(core.runs.show(id).segments.map(({ outcome }) => outcome)).toEqual(['paused', 'done']);
    const { steps, total } = core.runs.points(id, 'eval/rTra');
    expect(total).toBe(300);
    expect([...steps]).toEqual(Array.from({ length: 300 }, (_, row) => row + 1));
    await expect(core.runs.pause(id)).rejects.toMatchObject({ code: 'usage' });
    await expect(core.runs.resume(id)).rejects.toMatchObject({ code: 'usage' });
  });

  it('resumes from an older checkpoint and leaves a discarded tail', async () => {
    const whole = await finishedHash(temporaryHome(), 120);
    process.env['OFFREC_TEST_STEP_MS'] = '15';
    const core = await coreOn(temporaryHome());
    const {
      runs: [run],
    } = await core.experiments.create(experiment({ epochs: 120 }));
    const id = run?.id ?? '';
    await core.queue.serve();
    await whenRunning(core, id, 50);
    await core.runs.pause(id);
    delete process.env['OFFREC_TEST_STEP_MS'];
    const { checkpoints } = core.runs.show(id);
    expect(checkpoints.length).toBeGreaterThan(1);
    await core.runs.resume(id, { checkpoint: checkpoints[0]?.name ?? '' });
    const [done] = await core.runs.waitFor([id]);
    expect(done).toMatchObject({ status: 'done', weightsHash: whole });
    const { segments } = core.runs.show(id);
    const tail = (checkpoints.at(-1)?.metricCount ?? 0) - (checkpoints[0]?.metricCount ?? 0);
    expect(segments[0]?.discarded).toBe(tail);
    expect(core.runs.metrics(id, 'eval/rTra')).toMatchObject([{ count: 120 }]);
  });

  it('forks from a checkpoint with changed settings', async () => {
    const core = await coreOn(temporaryHome());
    const {
      runs: [run],
    } = await core.experiments.create(experiment({ epochs: 100 }));
    const id = run?.id ?? '';
    await core.queue.serve();
    await core.runs.waitFor([id]);
    const [first] = core.runs.show(id).checkpoints;
    const fork = await core.runs.fork(id, { checkpoint: first?.name ?? '', set: { epochs: 110 } });
    expect(fork.parent).toEqual({ run: id, checkpoint: first?.name });
    const [done] = await core.runs.waitFor([fork.id]);
    expect(done?.status).toBe('done');
    expect(core.runs.points(fork.id, 'eval/rTra').total).toBe(110);
    const shared = [core.runs.points(id, 'eval/rTra'), core.runs.points(fork.id, 'eval/rTra')];
    expect([...(shared[1]?.values.slice(0, 100) ?? [])]).toEqual([...(shared[0]?.values ?? [])]);
    await expect(core.runs.fork(id, { set: { epochs: -1 } })).rejects.toMatchObject({
      code: 'invalid-input',
      where: 'set.epochs',
    });
    expect((await core.tables.data('storm', { metrics: ['rTra'] })).length).toBe(6);
  });

  it('says how it failed, and why its process is gone', async () => {
    const core = await coreOn(temporaryHome());
    process.env['OFFREC_TEST_FAIL_AT'] = '5';
    const {
      runs: [run],
    } = await core.experiments.create(experiment());
    const id = run?.id ?? '';
    await core.queue.serve();
    expect((await core.runs.waitFor([id]))[0]).toMatchObject({
      status: 'failed',
      error: { message: 'the fake method failed as asked' },
    });
    expect(core.runs.points(id, 'eval/rTra').total).toBe(5);
    delete process.env['OFFREC_TEST_FAIL_AT'];
    process.env['OFFREC_TEST_CRASH_AT'] = '30';
    await core.runs.resume(id);
    expect((await core.runs.waitFor([id]))[0]).toMatchObject({
      status: 'interrupted',
      error: { code: 'host-gone', message: expect.stringContaining('SIGABRT') },
    });
    delete process.env['OFFREC_TEST_CRASH_AT'];
    await core.runs.resume(id);
    expect((await core.runs.waitFor([id]))[0]).toMatchObject({ status: 'done', error: null });
  });

  it('is resumed once by itself after a crash when that is wanted', async () => {
    const core = await coreOn(temporaryHome(), { autoResume: true });
    process.env['OFFREC_TEST_CRASH_AT'] = '30';
    const {
      runs: [run],
    } = await core.experiments.create(experiment());
    await core.queue.serve();
    const id = run?.id ?? '';
    const changes: string[] = [];
    core.onChange(() => changes.push(core.runs.get(id).status));
    while (core.runs.show(id).segments.length < 2 || core.runs.get(id).status !== 'interrupted') {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(core.runs.show(id).segments.map(({ outcome }) => outcome)).toEqual([
      'interrupted',
      'interrupted',
    ]);
  });
});

describe('an experiment', () => {
  it('is what its newest file says', async () => {
    const core = await coreOn(temporaryHome());
    const first = await core.experiments.create(experiment({ seeds: [0, 1] }));
    const second = await core.experiments.create(experiment({ seeds: [1, 2] }));
    expect(second).toMatchObject({ added: 1, reused: 1 });
    expect(second.runs[0]?.id).toBe(first.runs[1]?.id);
    expect(core.runs.list({ experiment: 'storm' }).map(({ spec }) => spec.seed)).toEqual([1, 2]);
    expect(core.runs.get(first.runs[0]?.id ?? '').status).toBe('stopped');
    expect(core.runs.list({ experiment: 'storm', superseded: true }).length).toBe(3);
    const again = await core.experiments.create(experiment({ seeds: [1, 2] }), { again: true });
    expect(again).toMatchObject({ added: 2, reused: 0 });
    expect(core.experiments.show('storm').counts).toEqual({ queued: 2 });
    await core.experiments.remove('storm');
    expect(core.experiments.list()).toEqual([]);
    expect(core.runs.list({ superseded: true })).toEqual([]);
  });

  it('names the field that is wrong', async () => {
    const core = await coreOn(temporaryHome());
    const plan = (change: Parameters<typeof experiment>[0]): Promise<unknown> =>
      core.experiments.plan(experiment(change));
    await expect(plan({ methods: [{ use: 'mbpo', set: { epochs: -3 } }] })).rejects.toMatchObject({
      code: 'invalid-input',
      where: 'methods[0].set.epochs',
    });
    await expect(
      plan({ methods: ['mbpo', { use: 'dorl', set: { nonsense: 1 } }] }),
    ).rejects.toMatchObject({
      code: 'invalid-input',
      where: 'methods[1].set.nonsense',
    });
    await expect(plan({ methods: ['nobody'] })).rejects.toMatchObject({ where: 'methods[0]' });
    await expect(plan({ datasets: ['gone'] })).rejects.toMatchObject({ code: 'not-found' });
    await expect(plan({ methods: [{ use: 'mbpo', set: { epochs: [] } }] })).rejects.toMatchObject({
      where: 'methods[0].set.epochs',
    });
    await expect(
      plan({ protocol: { exitRule: 'category', exitThreshold: 1 } }),
    ).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(plan({ protocol: { maxLength: 101 } })).rejects.toThrow(/catalogue/);
    expect(core.experiments.list()).toEqual([]);
  });

  it('takes a list for a field of lists as one value, and a list of lists as several', async () => {
    const core = await coreOn(temporaryHome());
    const hidden = (value: unknown): Promise<{ label: string }[]> =>
      core.experiments.plan(
        experiment({ methods: [{ use: 'mbpo', set: { worldModelHidden: value } }] }),
      );
    expect((await hidden([64, 32])).length).toBe(1);
    expect((await hidden([[64, 32], [16]])).map(({ label }) => label)).toEqual([
      expect.stringContaining('worldModelHidden=[64,32]'),
      expect.stringContaining('worldModelHidden=[16]'),
    ]);
  });
});

describe('the queue', () => {
  it('starts by priority, then order, and keeps to a budget that can change', async () => {
    const core = await coreOn(temporaryHome());
    core.queue.setBudget({ hosts: 0 });
    const { runs } = await core.experiments.create(experiment({ seeds: [0, 1, 2, 3], epochs: 15 }));
    const [a, b, c, d] = runs.map(({ id }) => id) as [string, string, string, string];
    core.runs.setPriority(d, 5);
    core.runs.moveBefore(c, a);
    await core.queue.serve();
    expect(core.queue.list().map(({ id }) => id)).toEqual([d, c, a, b]);
    const started: string[] = [];
    let most = 0;
    core.onChange(() => {
      const running = core.runs.list({ status: ['running'] });
      most = Math.max(most, running.length);
      for (const { id } of running) if (!started.includes(id)) started.push(id);
    });
    core.queue.setBudget({ hosts: 1 });
    const done = await core.runs.waitFor([a, b, c, d]);
    const byStart = done.toSorted((x, y) => ((x.startedAt ?? '') < (y.startedAt ?? '') ? -1 : 1));
    expect(byStart.map(({ id }) => id)).toEqual([d, c, a, b]);
    expect(most).toBeLessThanOrEqual(1);
    expect(() => core.queue.setBudget({ cores: 0 })).toThrow(/whole numbers/);
  });

  it('tells listeners what changed since a cursor', async () => {
    const core = await coreOn(temporaryHome());
    const changes: CoreChange[] = [];
    const stop = core.onChange((change) => changes.push(change), 0);
    const {
      runs: [run],
    } = await core.experiments.create(experiment({ epochs: 30 }));
    await core.queue.serve();
    await core.runs.waitFor([run?.id ?? '']);
    await new Promise((resolve) => setTimeout(resolve, 300));
    stop();
    expect(changes.flatMap(({ topics }) => topics)).toContain('experiments');
    expect(changes.flatMap(({ runs }) => runs)).toContain(run?.id);
    expect(changes.flatMap(({ series }) => series)).toContainEqual({
      run: run?.id,
      metric: 'eval/rTra',
      count: 30,
    });
    const cursors = changes.map(({ cursor }) => cursor);
    expect(cursors).toEqual(cursors.toSorted((a, b) => a - b));
  });

  it('pauses what runs when the core is closed', async () => {
    const home = temporaryHome();
    process.env['OFFREC_TEST_STEP_MS'] = '20';
    const core = await coreOn(home);
    const {
      runs: [run],
    } = await core.experiments.create(experiment({ epochs: 3000 }));
    await core.queue.serve();
    await whenRunning(core, run?.id ?? '');
    await core.close();
    const later = await coreOn(home, { readOnly: true });
    expect(later.runs.get(run?.id ?? '').status).toBe('paused');
    await expect(later.runs.pause(run?.id ?? '')).rejects.toMatchObject({ code: 'read-only' });
  });
});
