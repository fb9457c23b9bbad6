import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Core } from '#core/core.ts';
import type { DeviceRequest } from '#contract/run.ts';
import { coreOn, eventually, experiment, temporaryHome } from './support/homes.ts';

afterEach(() => vi.unstubAllEnvs());

const withGpu = () => ['native-cuda', 'native-cpu', 'portable'] as const;

/** Queues runs that never end by themselves, each with its wish for a device. */
async function queueOn(
  core: Core,
  device: DeviceRequest['device'],
  count: number,
  name: string = device,
): Promise<string[]> {
  const { runs } = await core.experiments.create(
    experiment({
      name,
      epochs: 100_000,
      seeds: Array.from({ length: count }, (_, seed) => seed),
      compute: { device, threads: 1, xla: false },
    }),
  );
  return runs.map(({ id }) => id);
}

const running = (core: Core): string[] =>
  core.runs.list({ status: ['running'] }).map(({ id }) => id);

describe('the GPU’s slot', () => {
  it('is one run’s at a time, and runs elsewhere pass those that wait for it', async () => {
    const core = await coreOn(temporaryHome(), { devices: withGpu });
    core.queue.setBudget({ hosts: 3, cores: 100, memoryBytes: 2 ** 40 });
    const onGpu = await queueOn(core, 'native-cuda', 30);
    const onCpu = await queueOn(core, 'native-cpu', 4);
    await core.queue.serve();
    await eventually(() => running(core).length === 3, 'three runs');
    expect(new Set(running(core))).toEqual(new Set([onGpu[0], onCpu[0], onCpu[1]]));
    expect(core.queue.list()).toHaveLength(31);
    expect(core.queue.budget().gpuRuns).toBe(1);
  });

  it('is taken by what takes the fastest device that there is, until it says otherwise', async () => {
    const core = await coreOn(temporaryHome(), { devices: withGpu });
    core.queue.setBudget({ hosts: 4, cores: 100, memoryBytes: 2 ** 40 });
    vi.stubEnv('OFFREC_TEST_AUTO_DEVICE', 'native-cuda');
    const [first] = await queueOn(core, 'auto', 3);
    await core.queue.serve();
    await eventually(() => core.runs.get(first ?? '').device !== null, 'the first run’s device');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(running(core)).toEqual([first]);
    vi.unstubAllEnvs();
    await core.runs.pause(first ?? '');
    // From now on a host finds that the GPU does not work after all, computes without it and gives the slot back.
    await eventually(() => running(core).length === 2, 'both others');
  });

  it('can be more than one, kept over a restart, and goes to the next in line', async () => {
    const home = temporaryHome();
    const before = await coreOn(home, { devices: withGpu });
    expect(() => before.queue.setBudget({ gpuRuns: 0 })).toThrow(/whole numbers/);
    before.queue.setBudget({ hosts: 8, cores: 100, memoryBytes: 2 ** 40, gpuRuns: 2 });
    await before.close();
    const core = await coreOn(home, { devices: withGpu });
    expect(core.queue.budget().gpuRuns).toBe(2);
    const runs = await queueOn(core, 'native-cuda', 4);
    await core.queue.serve();
    await eventually(() => running(core).length === 2, 'two runs');
    await core.runs.pause(runs[0] ?? '');
    await eventually(() => running(core).includes(runs[2] ?? ''), 'the third run');
    expect(new Set(running(core))).toEqual(new Set([runs[1], runs[2]]));
    core.queue.setBudget({ gpuRuns: 3 });
    await eventually(() => running(core).length === 3, 'a third run at once');
  });
});
