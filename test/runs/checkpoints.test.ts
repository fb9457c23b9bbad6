import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Core } from '#core/core.ts';
import { coreOn, experiment, temporaryHome } from './support/homes.ts';

const everything = {
  of: { filter: {} },
  order: 'created',
  descending: true,
  offset: 0,
  limit: 100,
  metrics: [],
} as const;

/** Two runs of 70 steps that have ended: each has two ordinary checkpoints and a final one. */
async function finishedRuns(): Promise<{ core: Core; ids: string[] }> {
  const core = await coreOn(temporaryHome());
  await core.queue.serve();
  const { runs } = await core.experiments.create(experiment({ epochs: 70, seeds: [0, 1] }));
  const ids = runs.map(({ id }) => id);
  await core.runs.waitFor(ids);
  return { core, ids };
}

describe('checkpoints over all runs', () => {
  it('come in pages, filtered and sorted, with their sizes', async () => {
    const { core, ids } = await finishedRuns();
    const all = core.checkpoints.all(everything);
    const known = ids.flatMap((id) => core.runs.show(id).checkpoints);
    expect(all.total).toBe(known.length);
    expect(all.bytes).toBe(known.reduce((sum, { bytes }) => sum + bytes, 0));
    expect(all.rows.every(({ present }) => present)).toBe(true);
    const bySize = core.checkpoints.all({ ...everything, order: 'bytes', limit: 2, offset: 1 });
    const sizes = known.map(({ bytes }) => bytes).sort((a, b) => b - a);
    expect(bySize.rows.map(({ bytes }) => bytes)).toEqual(sizes.slice(1, 3));
    const finals = core.checkpoints.all({ ...everything, final: true });
    expect(finals.rows.map(({ name }) => name)).toEqual(['final', 'final']);
    const one = core.checkpoints.all({ ...everything, of: { filter: {}, ids: [ids[0] ?? ''] } });
    expect(new Set(one.rows.map(({ run }) => run))).toEqual(new Set([ids[0]]));
  });

  it('tell each metric as it was at that moment', async () => {
    const { core, ids } = await finishedRuns();
    const id = ids[0] ?? '';
    const metric = core.runs.metrics(id)[0]?.metric ?? '';
    const { indices, values } = core.runs.points(id, metric, { limit: 100_000 });
    const { rows } = core.checkpoints.all({ ...everything, metrics: [metric] });
    const own = rows.filter(({ run }) => run === id);
    expect(own.length).toBeGreaterThan(1);
    for (const row of own) {
      const covered = values.filter((_, at) => (indices[at] ?? 0) < row.metricCount);
      expect(row.metrics[metric]).toBe(covered.at(-1));
    }
  });
});

describe('removing old checkpoints', () => {
  it('takes away exactly what was shown, and keeps the newest of each run', async () => {
    const { core, ids } = await finishedRuns();
    const before = core.checkpoints.all(everything);
    const shown = core.checkpoints.prunable({ filter: {} }, { newest: 1, best: null });
    expect(shown.checkpoints).toHaveLength(before.total - ids.length);
    const removed = await core.checkpoints.remove(shown.checkpoints);
    expect(removed).toEqual({
      removed: shown.checkpoints.length,
      bytes: shown.bytes,
      failed: [],
    });
    const after = core.checkpoints.all(everything);
    expect(after.rows.map(({ name }) => name)).toEqual(ids.map(() => 'final'));
    for (const id of ids) {
      expect(readdirSync(join(core.home.runs, id, 'checkpoints'))).toEqual(['final']);
      expect(
        (await core.checkpoints.verify(core.runs.show(id).checkpoints[0]?.folder ?? '')).ok,
      ).toBe(true);
    }
  });

  it('tells how far it is, lets others in between, and can be ended midway', async () => {
    const { core } = await finishedRuns();
    const { checkpoints } = core.checkpoints.prunable({ filter: {} }, { newest: 1, best: null });
    const before = core.checkpoints.all(everything).total;
    const controller = new AbortController();
    const told: number[] = [];
    const removing = core.checkpoints.remove(checkpoints, {
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        told.push(done);
        expect(total).toBe(checkpoints.length);
        if (done === 1) controller.abort();
      },
    });
    // The first is still being removed: nobody has to wait for all of them.
    expect(told).toEqual([0]);
    expect(await removing).toMatchObject({ removed: 2, failed: [] });
    expect(told).toEqual([0, 1]);
    expect(core.checkpoints.all(everything).total).toBe(before - 2);
  });

  it('keeps the one at which a metric was best', async () => {
    const { core, ids } = await finishedRuns();
    const metric = core.runs.metrics(ids[0] ?? '')[0]?.metric ?? '';
    const { rows } = core.checkpoints.all({ ...everything, metrics: [metric] });
    const gone = new Set(
      core.checkpoints
        .prunable({ filter: {} }, { newest: 1, best: metric })
        .checkpoints.map(({ run, name }) => `${run}/${name}`),
    );
    for (const id of ids) {
      const own = rows.filter(({ run }) => run === id);
      const best = Math.max(...own.map((row) => row.metrics[metric] ?? -Infinity));
      const kept = own.filter(({ run, name }) => !gone.has(`${run}/${name}`));
      expect(kept.some((row) => row.metrics[metric] === best)).toBe(true);
    }
  });

  it('never touches a run that is under way, nor what a paused one goes on from', async () => {
    vi.stubEnv('OFFREC_TEST_CHECKPOINT_STEPS', '5');
    const core = await coreOn(temporaryHome());
    await core.queue.serve();
    const { runs } = await core.experiments.create(experiment({ epochs: 100_000 }));
    const id = runs[0]?.id ?? '';
    await vi.waitFor(
      () => expect(core.runs.show(id).checkpoints.length).toBeGreaterThan(1),
      20_000,
    );
    const [oldest] = core.runs.show(id).checkpoints;
    expect(core.checkpoints.prunable({ filter: {} }, { newest: 1, best: null })).toEqual({
      checkpoints: [],
      bytes: 0,
      passedOver: 1,
    });
    const key = { run: id, name: oldest?.name ?? '' };
    expect((await core.checkpoints.remove([key])).failed[0]?.error.code).toBe('busy');
    await core.runs.pause(id);
    const newest = core.runs.show(id).checkpoints.at(-1);
    const refused = await core.checkpoints.remove([{ run: id, name: newest?.name ?? '' }]);
    expect(refused).toMatchObject({ removed: 0, failed: [{ error: { code: 'busy' } }] });
    expect(existsSync(newest?.folder ?? '')).toBe(true);
    vi.unstubAllEnvs();
  });

  it('tells what is not there', async () => {
    const { core, ids } = await finishedRuns();
    const { failed } = await core.checkpoints.remove([
      { run: ids[0] ?? '', name: 'nothing' },
      { run: '0000000000000000', name: 'final' },
    ]);
    expect(failed.map(({ error }) => error.code)).toEqual(['not-found', 'not-found']);
  });
});
