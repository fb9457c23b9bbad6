import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JobEvent } from '#contract/routes/job.ts';
import type { JobOptions, JobProgress } from '#core/api.ts';
import type { Core } from '#core/core.ts';
import { coreOn, experiment, temporaryHome } from '../runs/support/homes.ts';
import { clientOver, connect, connectClient, serveCore } from '../support/served.ts';

/** Runs one run to its end and gives its id. */
async function finishedRun(core: Core): Promise<string> {
  const { runs } = await core.experiments.create(experiment({ epochs: 3 }));
  await core.queue.serve();
  const id = runs[0]?.id ?? '';
  await core.runs.waitFor([id]);
  return id;
}

/** A core whose exports wait until they are let go. */
function heldExports() {
  const gate = Promise.withResolvers<void>();
  const change = (core: Core): Core => ({
    ...core,
    checkpoints: {
      ...core.checkpoints,
      async export(run, target, options) {
        await gate.promise;
        return core.checkpoints.export(run, target, options);
      },
    },
  });
  return { change, letGo: () => gate.resolve() };
}

async function last(events: AsyncIterable<unknown>): Promise<unknown> {
  let found: unknown = null;
  for await (const event of events) found = event;
  return found;
}

describe('an export over a network', () => {
  it('goes on when the socket drops, and another connection gets its result', async () => {
    const { change, letGo } = heldExports();
    const home = temporaryHome();
    const served = await serveCore(home, undefined, change);
    const run = await finishedRun(served.core);
    const target = join(home, 'exported');
    const socket = await connect(served);
    const events = (await clientOver(socket).checkpoints.export({ run, target })) as AsyncIterator<
      JobEvent<unknown>
    >;
    const { value } = await events.next();
    expect(value).toMatchObject({ type: 'started', lasting: true });
    const id = value?.type === 'started' ? value.job : '';
    socket.terminate();
    await events.next().catch(() => undefined);
    const client = await connectClient(served);
    expect(await client.jobs.list()).toMatchObject([
      { id, kind: 'export-checkpoint', subject: `${run}/final`, state: 'running' },
    ]);
    letGo();
    expect(await last(await client.jobs.watch({ id }))).toMatchObject({
      type: 'done',
      result: { folder: target, ok: true, problems: [] },
    });
    expect(await last(await client.checkpoints.verifyFolder({ folder: target }))).toMatchObject({
      type: 'done',
      result: { folder: target, ok: true },
    });
  });

  it('refuses what cannot be begun as an error of the job', async () => {
    const served = await serveCore();
    const run = await finishedRun(served.core);
    const client = await connectClient(served);
    const target = served.core.home.root;
    await expect(
      client.checkpoints.export({ run, target }).then((events) => last(events)),
    ).rejects.toMatchObject({ code: 'already-exists' });
  });
});

describe('a checkpoint’s files', () => {
  it('are copied and read with progress, and a cancelled export leaves nothing', async () => {
    const home = temporaryHome();
    const core = await coreOn(home);
    const run = await finishedRun(core);
    const told: JobProgress[] = [];
    const target = join(home, 'one', 'exported');
    mkdirSync(join(home, 'one'));
    const onProgress = (progress: JobProgress): void => void told.push(progress);
    await core.checkpoints.export(run, target, { onProgress });
    expect(new Set(told.map(({ stage }) => stage))).toEqual(new Set(['copying', 'reading']));
    expect(readdirSync(join(home, 'one'))).toEqual(['exported']);

    for (const stage of ['copying', 'reading']) {
      const controller = new AbortController();
      const options: JobOptions = {
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.stage === stage) controller.abort();
        },
      };
      const other = join(home, 'one', `cancelled-${stage}`);
      await expect(core.checkpoints.export(run, other, options)).rejects.toMatchObject({
        code: 'cancelled',
      });
      expect(readdirSync(join(home, 'one'))).toEqual(['exported']);
    }
    expect(existsSync(join(target, 'weights.safetensors'))).toBe(true);
  });

  it('are verified until that is cancelled', async () => {
    const core = await coreOn(temporaryHome());
    const run = await finishedRun(core);
    const folder = core.runs.show(run).checkpoints.at(-1)?.folder ?? '';
    const signal = AbortSignal.abort();
    await expect(core.checkpoints.verify(folder, { signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await core.checkpoints.verify(folder)).toMatchObject({ ok: true });
  });
});

describe('the sizes of the data folder', () => {
  it('are a job with a result', async () => {
    const home = temporaryHome();
    const served = await serveCore(home);
    writeFileSync(join(home, 'cache', 'a.bin'), Buffer.alloc(1234));
    const client = await connectClient(served);
    const done = (await last(await client.database.folders())) as {
      result: { part: string; bytes: number }[];
    };
    expect(done.result.find(({ part }) => part === 'cache')?.bytes).toBe(1234);
    const controller = new AbortController();
    controller.abort();
    await expect(served.core.database.folders({ signal: controller.signal })).rejects.toMatchObject(
      { code: 'cancelled' },
    );
  });
});
