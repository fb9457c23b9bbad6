import { describe, expect, it } from 'vitest';
import type { Core } from '#core/core.ts';
import {
  coreOn,
  endProcess,
  eventually,
  experiment,
  spawnCore,
  temporaryHome,
} from './support/homes.ts';

const slow = { OFFREC_TEST_STEP_MS: '15' };

async function oneRun(core: Core, epochs: number): Promise<string> {
  const { runs } = await core.experiments.create(experiment({ epochs }));
  return runs[0]?.id ?? '';
}

const isRunning = (core: Core, id: string) => (): boolean =>
  core.runs.get(id).status === 'running' && (core.runs.get(id).progress?.done ?? 0) > 2;

describe('two processes on one data folder', () => {
  it('let the second pause, resume, checkpoint and stop what the first runs', async () => {
    const home = temporaryHome();
    const core = await coreOn(home);
    const id = await oneRun(core, 2000);
    const other = await spawnCore(home, 'serve', slow);
    await eventually(isRunning(core, id), 'the run runs');
    expect(core.queue.owner()).toMatchObject({ pid: other.pid, self: false });
    expect((await core.runs.checkpoint(id)).step).toBeGreaterThan(0);
    expect((await core.runs.pause(id)).status).toBe('paused');
    await core.runs.resume(id, { serve: false });
    await eventually(isRunning(core, id), 'the owner takes it up again');
    expect((await core.runs.stop(id)).status).toBe('stopped');
    await endProcess(other, 'SIGTERM');
    expect(core.queue.owner()).toBeNull();
  });

  it('make the caller of resume the owner when nobody is', async () => {
    const core = await coreOn(temporaryHome());
    const id = await oneRun(core, 10);
    await core.runs.pause(id);
    expect(core.queue.owner()).toBeNull();
    await core.runs.resume(id);
    expect(core.queue.owner()).toMatchObject({ pid: process.pid, self: true });
    expect((await core.runs.waitFor([id]))[0]?.status).toBe('done');
  });

  it('hand the queue over when the owner closes', async () => {
    const home = temporaryHome();
    const core = await coreOn(home);
    const id = await oneRun(core, 400);
    const other = await spawnCore(home, 'serve', slow);
    await eventually(isRunning(core, id), 'the run runs');
    expect(await core.queue.serve()).toBe('other');
    await endProcess(other, 'SIGTERM');
    expect((await core.runs.waitFor([id]))[0]?.status).toBe('done');
    expect(core.runs.show(id).segments.map(({ outcome }) => outcome)).toEqual(['paused', 'done']);
  });

  it('find a run interrupted, with all its points, when its core was killed', async () => {
    const home = temporaryHome();
    const core = await coreOn(home);
    const id = await oneRun(core, 400);
    const other = await spawnCore(home, 'serve', slow);
    await eventually(isRunning(core, id), 'the run runs');
    await core.queue.serve();
    await endProcess(other, 'SIGKILL');
    const [left] = await core.runs.waitFor([id]);
    expect(left).toMatchObject({ status: 'interrupted', error: { code: 'host-gone' } });
    // The orphaned host wrote a checkpoint and a note; both were taken up, so that nothing is discarded.
    const { checkpoints } = core.runs.show(id);
    expect(checkpoints.at(-1)?.metricCount).toBe(core.runs.points(id, 'eval/rTra').total * 7);
    await core.runs.resume(id);
    expect((await core.runs.waitFor([id]))[0]?.status).toBe('done');
    const { segments } = core.runs.show(id);
    expect(segments.map(({ outcome, discarded }) => [outcome, discarded])).toEqual([
      ['interrupted', 0],
      ['done', 0],
    ]);
  });

  it('let a run be resumed at once after its core was killed', async () => {
    const home = temporaryHome();
    const core = await coreOn(home);
    const id = await oneRun(core, 200);
    const other = await spawnCore(home, 'serve', { OFFREC_TEST_STEP_MS: '400' });
    await eventually(() => core.runs.get(id).device !== null, 'the host has started');
    await endProcess(other, 'SIGKILL');
    // The orphaned host is still in a step of 400 ms: resuming waits for its checkpoint.
    await core.runs.resume(id);
    expect((await core.runs.waitFor([id]))[0]?.status).toBe('done');
    expect(core.runs.show(id).segments.map(({ discarded }) => discarded)).toEqual([0, 0]);
  });

  it('tell the one who waits for an answer that the owner has died', async () => {
    const home = temporaryHome();
    const core = await coreOn(home);
    const id = await oneRun(core, 2000);
    const other = await spawnCore(home, 'serve', { OFFREC_TEST_STEP_MS: '2000' });
    await eventually(() => core.runs.get(id).device !== null, 'the host has started');
    const refused = expect(core.runs.pause(id)).rejects.toMatchObject({ code: 'host-gone' });
    await endProcess(other, 'SIGKILL');
    await refused;
  });
});
