import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobProgress } from '#core/api.ts';
import { coreOn, experiment, temporaryHome } from './support/homes.ts';

const world = { kind: 'synthetic', name: 'world', options: { users: 30, items: 40 } } as const;

describe('datasets', () => {
  it('are imported, described, scored and removed', async () => {
    const home = temporaryHome();
    const core = await coreOn(home);
    const stages: JobProgress[] = [];
    const manifest = await core.datasets.import(world, { onProgress: (each) => stages.push(each) });
    expect(manifest).toMatchObject({ name: 'world', users: 30, items: 40 });
    expect(stages.length).toBeGreaterThan(0);
    expect(core.datasets.list().datasets.map(({ name }) => name)).toEqual(['tiny', 'world']);
    const statistics = await core.datasets.statistics('world');
    expect(statistics).toMatchObject({ users: 30, items: 40 });
    const scores = await core.datasets.reference('world', 'nx10', { episodes: 30 });
    const score = (policy: string): number =>
      scores.find((each) => each.policy === policy)?.rTra ?? NaN;
    expect(score('oracle')).toBeGreaterThan(score('random'));
    // The second time it is looked up: a job could not even open the dataset any more.
    rmSync(join(home, 'datasets', 'world', 'train.parquet'));
    expect(await core.datasets.reference('world', 'nx10', { episodes: 30 })).toEqual(scores);
    expect(await core.datasets.statistics('world')).toEqual(statistics);
    await expect(core.datasets.reference('world', 'nx10', { episodes: 31 })).rejects.toThrow();
    await core.datasets.remove('world');
    expect(existsSync(core.datasets.folder('world'))).toBe(false);
    expect(() => core.datasets.show('world')).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });

  it('are replaced only when that is wanted and nobody needs them', async () => {
    const core = await coreOn(temporaryHome());
    const first = await core.datasets.import(world);
    await expect(core.datasets.import(world)).rejects.toMatchObject({ code: 'already-exists' });
    const other = { ...world, options: { users: 31, items: 40 } };
    const second = await core.datasets.import({ ...other, replace: true });
    expect(second.checksum).not.toBe(first.checksum);
    expect(core.datasets.show('world').users).toBe(31);
    await core.experiments.create(experiment({ datasets: ['world'] }));
    await expect(core.datasets.import({ ...world, replace: true })).rejects.toMatchObject({
      code: 'busy',
    });
    await expect(core.datasets.remove('world')).rejects.toMatchObject({ code: 'busy' });
    await core.datasets.remove('world', { force: true });
  });

  it('leave nothing behind when an import fails or is cancelled', async () => {
    const home = temporaryHome();
    const core = await coreOn(home);
    const bad = { ...world, options: { users: -1 } };
    await expect(core.datasets.import(bad)).rejects.toMatchObject({ code: 'invalid-input' });
    const file = join(home, 'log.csv');
    writeFileSync(file, 'user,item,reward\n1,2,oops\n');
    const log = { kind: 'log', name: 'log', source: file } as const;
    await expect(core.datasets.import(log)).rejects.toMatchObject({ code: 'invalid-input' });
    const abort = new AbortController();
    const big = { ...world, options: { users: 3000, items: 3000, interactionsPerUser: 300 } };
    const cancelled = core.datasets.import(big, {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(readdirSync(join(home, 'datasets'))).toEqual(['tiny']);
    expect(core.datasets.list().broken).toEqual([]);
  });

  it('with a damaged manifest are listed as broken and never as usable', async () => {
    const home = temporaryHome();
    const core = await coreOn(home);
    writeFileSync(join(home, 'datasets', 'tiny', 'manifest.json'), '{"format": 1');
    expect(core.datasets.list()).toMatchObject({ datasets: [], broken: [{ name: 'tiny' }] });
    await expect(core.experiments.create(experiment())).rejects.toMatchObject({
      code: 'corrupt-file',
    });
    for (const name of ['../tiny', '.', '', 'a/b']) {
      expect(() => core.datasets.show(name)).toThrow(
        expect.objectContaining({ code: 'invalid-input' }),
      );
    }
  });
});
