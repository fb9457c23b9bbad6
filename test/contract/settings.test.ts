import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { fakeTrainHost, patientJobHost } from '../runs/support/fake-host-path.ts';
import { coreOn, experiment, temporaryHome } from '../runs/support/homes.ts';
import { connectClient, serveCore } from '../support/served.ts';

/** The result of a job. */
async function resultOf<Result>(
  events: AsyncIterable<{ type: string; result?: Result }>,
): Promise<Result> {
  for await (const event of events) {
    if (event.type === 'done') return event.result as Result;
  }
  throw new Error('the job ended without a result');
}

describe('settings of the data folder', () => {
  it('have defaults, change one by one, and are the same for everybody', async () => {
    const served = await serveCore();
    const client = await connectClient(served);
    const initial = { checkpointEveryS: 60, autoResume: false, backupsKept: 3 };
    expect(await client.settings.get()).toEqual(initial);
    const changed = { ...initial, checkpointEveryS: 30 };
    expect(await client.settings.set({ checkpointEveryS: 30 })).toEqual(changed);
    const other = await connectClient(served);
    expect(await other.settings.set({ autoResume: true })).toEqual({
      ...changed,
      autoResume: true,
    });
    expect(await client.settings.get()).toEqual({ ...changed, autoResume: true });
  });

  it('refuse what is out of their range, and stay', async () => {
    const client = await connectClient(await serveCore());
    for (const wrong of [
      { checkpointEveryS: 4 },
      { checkpointEveryS: 86_401 },
      { checkpointEveryS: 7.5 },
      { backupsKept: 0 },
      { backupsKept: 101 },
    ]) {
      await expect(client.settings.set(wrong)).rejects.toMatchObject({ code: 'invalid-input' });
    }
    expect(await client.settings.get()).toMatchObject({ checkpointEveryS: 60, backupsKept: 3 });
  });

  it('tell the other clients that they have changed', async () => {
    const served = await serveCore();
    const [one, other] = [await connectClient(served), await connectClient(served)];
    const changes = await one.changes.watch({ cursor: served.core.cursor() });
    await other.settings.set({ backupsKept: 5 });
    for await (const { topics } of changes) if (topics.includes('settings')) break;
    expect((await one.settings.get()).backupsKept).toBe(5);
  });
});

describe('health', () => {
  it('tells of the core’s process, of hosts while runs are under way, and of what was noticed', async () => {
    const served = await serveCore();
    const client = await connectClient(served);
    const before = await client.health.show();
    expect(before.core.pid).toBe(process.pid);
    expect(before.core.memoryBytes).toBeGreaterThan(10_000_000);
    expect(before.hosts).toEqual([]);
    const { core } = served;
    const { runs } = await core.experiments.create(experiment({ epochs: 100_000 }));
    await core.queue.serve();
    const [run] = runs.map(({ id }) => id);
    await expect
      .poll(async () => (await client.health.show()).hosts.map((host) => host.run), {
        timeout: 30_000,
      })
      .toEqual([run]);
    const [host] = (await client.health.show()).hosts;
    expect(host?.pid).not.toBe(process.pid);
    await core.runs.stop(String(run));
    await core.runs.waitFor([String(run)]);
    await expect.poll(async () => (await client.health.show()).hosts).toEqual([]);
  }, 60_000);
});

describe('compacting the database', () => {
  it('gives back the room of removed runs and keeps the others', async () => {
    const served = await serveCore(temporaryHome());
    const { core } = served;
    const client = await connectClient(served);
    const seeds = Array.from({ length: 40 }, (_, seed) => seed);
    const removed = await core.experiments.create(
      experiment({ name: 'removed', seeds, description: 'x'.repeat(2000) }),
    );
    const kept = await core.experiments.create(experiment({ name: 'kept' }));
    const ids = removed.runs.map(({ id }) => id);
    for (const id of ids) await core.runs.stop(id);
    await client.runs.remove({ ids });
    const { freeBytes, runs } = await client.database.info();
    expect(freeBytes).toBeGreaterThan(0);
    const { freedBytes } = await resultOf(await client.database.compact());
    expect(freedBytes).toBeGreaterThan(0);
    const after = await client.database.info();
    expect(after).toMatchObject({ freeBytes: 0, runs });
    expect(core.runs.show(String(kept.runs[0]?.id)).record.experiment).toBe('kept');
    expect((await resultOf(await client.database.check())).problems).toEqual([]);
  }, 60_000);

  it('lets nothing start meanwhile, which would wait for it and hold everybody up', async () => {
    const home = temporaryHome();
    const go = join(home, 'go');
    vi.stubEnv('OFFREC_TEST_GO', go);
    const hostEntries = { train: fakeTrainHost, job: patientJobHost };
    const core = await coreOn(home, { hostEntries });
    await core.queue.serve();
    const compacting = core.database.compact();
    const { runs } = await core.experiments.create(experiment({ epochs: 5 }));
    const id = String(runs[0]?.id);
    // Four looks of the queue.
    await delay(1000);
    expect(core.runs.get(id).status).toBe('queued');
    writeFileSync(go, '');
    await compacting;
    await core.runs.waitFor([id]);
    expect(core.runs.get(id).status).toBe('done');
    vi.unstubAllEnvs();
  }, 60_000);

  it('is refused while a run is under way', async () => {
    const served = await serveCore();
    const { core } = served;
    const { runs } = await core.experiments.create(experiment({ epochs: 100_000 }));
    await core.queue.serve();
    const id = String(runs[0]?.id);
    await expect.poll(() => core.runs.show(id).record.status, { timeout: 30_000 }).toBe('running');
    const client = await connectClient(served);
    await expect(resultOf(await client.database.compact())).rejects.toMatchObject({ code: 'busy' });
    await core.runs.stop(id);
    await core.runs.waitFor([id]);
  }, 60_000);
});
