import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addEmptyDataset, coreOn, eventually, experiment } from './support/homes.ts';

/** A small disk of its own, where the user may mount one. */
function mountSmallDisk(): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder], { stdio: 'ignore' });
    return folder;
  } catch {
    rmdirSync(folder);
    return null;
  }
}

const disk = mountSmallDisk();
const name = disk === null ? 'a small disk (SKIPPED: this user may not mount one)' : 'a small disk';

function fill(folder: string): string {
  const file = join(folder, 'ballast');
  const { bavail, bsize } = statfsSync(folder);
  let bytes = bavail * bsize;
  // What is free may shrink while it is being taken.
  for (;;) {
    try {
      writeFileSync(file, Buffer.alloc(bytes, 1));
      return file;
    } catch {
      bytes -= bsize;
    }
  }
}

describe.skipIf(disk === null)(name, () => {
  const home = disk ?? '';
  beforeAll(() => addEmptyDataset(home, 'tiny'));
  afterAll(() => {
    delete process.env['OFFREC_TEST_STEP_MS'];
    execFileSync('umount', ['-l', home]);
    rmSync(home, { recursive: true, force: true });
  });

  it('that is full interrupts a run, loses nothing that was acknowledged, and lets it go on', async () => {
    process.env['OFFREC_TEST_STEP_MS'] = '2';
    const notices: string[] = [];
    const core = await coreOn(home, { onNotice: ({ message }) => notices.push(message) });
    const { runs } = await core.experiments.create(experiment({ epochs: 1500 }));
    const id = runs[0]?.id ?? '';
    await core.queue.serve();
    await eventually(() => core.runs.show(id).checkpoints.length > 1, 'it has checkpoints');
    const ballast = fill(home);
    await eventually(
      () => notices.length > 0 || core.runs.get(id).status !== 'running',
      'it stops',
    );
    const acknowledged = core.runs.points(id, 'eval/rTra').values;
    rmSync(ballast);
    await eventually(() => core.runs.get(id).status === 'interrupted', 'its end is recorded');
    expect(core.runs.get(id).error?.code).toMatch(/disk-full|host-gone/);
    const kept = core.runs.points(id, 'eval/rTra').values;
    expect([...kept.subarray(0, acknowledged.length)]).toEqual([...acknowledged]);
    process.env['OFFREC_TEST_STEP_MS'] = '0';
    await core.runs.resume(id);
    expect((await core.runs.waitFor([id]))[0]).toMatchObject({ status: 'done' });
    expect(core.runs.points(id, 'eval/rTra').total).toBe(1500);
    const twin = await core.experiments.create(experiment({ name: 'calm', epochs: 1500 }));
    const [calm] = await core.runs.waitFor(twin.runs.map((run) => run.id));
    expect(core.runs.get(id).weightsHash).toBe(calm?.weightsHash);
  });

  it('that is read-only can be read, and says so when it should be written', async () => {
    execFileSync('mount', ['-o', 'remount,ro', home]);
    try {
      await expect(coreOn(home)).rejects.toMatchObject({ code: 'read-only' });
      const core = await coreOn(home, { readOnly: true });
      const [run] = core.runs.list({ experiment: 'storm' });
      expect(run?.status).toBe('done');
      expect(core.runs.points(run?.id ?? '', 'eval/rTra').total).toBe(1500);
      const target = join(mkdtempSync(join(tmpdir(), 'offrec-export-')), 'checkpoint');
      expect((await core.checkpoints.export(run?.id ?? '', target)).ok).toBe(true);
      rmSync(join(target, '..'), { recursive: true });
      await expect(core.experiments.create(experiment())).rejects.toMatchObject({
        code: 'read-only',
      });
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', home]);
    }
  });
});
