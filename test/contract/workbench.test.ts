import { describe, expect, it } from 'vitest';
import type { FileProblem } from '#contract/routes/experiments.ts';
import type { SetupState } from '#contract/routes/system.ts';
import { atOnce, secondsOf, together } from '#core/estimate.ts';
import { forecast, type ForecastRun } from '#core/forecast.ts';
import { eventually, experiment } from '../runs/support/homes.ts';
import { connectClient, serveCore } from '../support/served.ts';

const file = (body: string): string => `name: storm\n# why\ndatasets: [tiny]\n${body}`;

async function problemsOf(text: string): Promise<FileProblem[]> {
  const client = await connectClient(await serveCore());
  const { problems, plan } = await client.experiments.check({ text });
  expect(plan).toBeNull();
  return problems;
}

describe('experiments.check', () => {
  it('tells every problem of a file with its line, column and field', async () => {
    const problems = await problemsOf(
      file('methods: [{ use: mbpo }]\nseeds: [0, -1]\nprioriti: 3\nprotocol: nx1\n'),
    );
    const places = problems.map(({ line, column, field }) => [line, column, field]);
    expect(places).toContainEqual([5, 12, 'seeds[1]']);
    expect(places).toContainEqual([6, 11, 'prioriti']);
    expect(problems.find(({ field }) => field === 'prioriti')?.hint).toContain("'priority'");
    expect(problems.length).toBe(3);
  });

  it('tells values that the method refuses, and text that is no YAML', async () => {
    const [range] = await problemsOf(file('methods:\n  - use: dorl\n    set: { gamma: 2 }\n'));
    expect(range).toMatchObject({ line: 6, column: 19, field: 'methods[0].set.gamma' });
    expect(range?.message).toContain('<=1');
    const [syntax] = await problemsOf('name: [\n');
    expect(syntax?.line).toBe(2);
  });

  it('plans and estimates without writing; what is there is marked and not counted', async () => {
    const served = await serveCore();
    const client = await connectClient(served);
    const text = file('methods: [{ use: mbpo, set: { epochs: [1, 2] } }]\nseeds: [0, 1, 2]\n');
    const { problems, plan } = await client.experiments.check({ text, limit: 4 });
    expect(problems).toEqual([]);
    expect(plan).toMatchObject({ total: 6, existing: 0 });
    expect(plan?.runs.length).toBe(4);
    expect(plan?.estimate.parts.map(({ runs, basis }) => [runs, basis])).toEqual([
      [3, 'rates'],
      [3, 'rates'],
    ]);
    expect(await client.experiments.list()).toEqual([]);

    await client.experiments.create({
      text: file('methods: [{ use: mbpo, set: { epochs: 1 } }]\n'),
    });
    const again = await client.experiments.check({ text });
    expect(again.plan).toMatchObject({ total: 6, existing: 1 });
    expect(again.plan?.estimate.parts.map(({ runs }) => runs).toSorted()).toEqual([2, 3]);
  });
});

describe('estimates', () => {
  it('scale the measured rates by what past runs took', () => {
    expect(secondsOf(100, [])).toEqual({ low: 40, high: 250 });
    const past = [
      { seconds: 30, expectedSeconds: 20 },
      { seconds: 20, expectedSeconds: 10 },
    ];
    const { low, high } = secondsOf(100, past);
    expect(low).toBeCloseTo(127.5);
    expect(high).toBeCloseTo(240);
  });

  it('add up by turns, and side by side as far as the budget goes', () => {
    const budget = { cores: 1, hosts: 4, memoryBytes: 4e9, memoryPerRunBytes: 1e9, gpuRuns: 1 };
    const each = { method: 'dorl', dataset: 'coat', device: 'native-cpu', basis: 'rates' } as const;
    const part = {
      ...each,
      pastRuns: 0,
      memoryBytesEach: 5e8,
      secondsEach: { low: 10, high: 30 },
    };
    const parts = [
      { ...part, runs: 3 },
      { ...part, runs: 1, secondsEach: { low: 1, high: 2 } },
    ];
    expect(atOnce(budget, 1)).toBe(1);
    expect(atOnce({ ...budget, cores: 8 }, 2)).toBe(4);
    const whole = together(parts, budget, 1);
    expect(whole.computeSeconds).toEqual({ low: 31, high: 92 });
    expect(whole.seconds).toEqual({ low: 31, high: 92 });
    expect(whole.memoryBytes).toBe(5e8);
    expect(together([{ ...part, runs: 1, secondsEach: null }], budget, 1).seconds).toBeNull();
    const wide = { ...budget, cores: 8 };
    const onGpu = { ...part, device: 'native-cuda' as const, runs: 4 };
    // By turns on the GPU, however many hosts there are.
    expect(together([onGpu], wide, 1)).toMatchObject({
      atOnce: 1,
      seconds: { low: 4 * part.secondsEach.low, high: 4 * part.secondsEach.high },
    });
  });
});

describe('the forecast of the queue', () => {
  const limits = { cores: 2, hosts: 2, memoryBytes: 10, gpuRuns: 1 };
  const run = (id: string, seconds: number | null, cores = 1): ForecastRun => ({
    id,
    cores,
    memoryBytes: 1,
    onGpu: false,
    seconds: seconds === null ? null : { low: seconds, high: 2 * seconds },
  });

  it('is the scheduler run ahead of time', () => {
    const times = forecast([run('a', 10)], [run('b', 5), run('c', 20, 2), run('d', 1)], limits);
    expect(times.map((each) => [each.run, each.start, each.end])).toEqual([
      ['a', { low: 0, high: 0 }, { low: 10, high: 20 }],
      ['b', { low: 0, high: 0 }, { low: 5, high: 10 }],
      // Needs both cores, so it waits for a; d does not overtake it.
      ['c', { low: 10, high: 20 }, { low: 30, high: 60 }],
      ['d', { low: 30, high: 60 }, { low: 31, high: 62 }],
    ]);
  });

  it('lets runs on the GPU take turns while others go on', () => {
    const onGpu = (id: string, seconds: number) => ({ ...run(id, seconds), onGpu: true });
    const waiting = [onGpu('a', 10), onGpu('b', 10), run('c', 3)];
    const times = forecast([], waiting, { ...limits, hosts: 4, cores: 4 });
    expect(times.map((each) => [each.run, each.start.low, each.end.low]).sort()).toEqual([
      ['a', 0, 10],
      ['b', 10, 20],
      ['c', 0, 3],
    ]);
  });

  it('leaves out what waits for the end of a run that nobody knows', () => {
    const times = forecast([run('a', null, 2)], [run('b', 5)], limits);
    expect(times).toEqual([]);
    expect(forecast([], [run('b', 5)], { ...limits, hosts: 0 })).toEqual([]);
  });
});

describe('queue', () => {
  it('is held with what runs paused, and goes on with just those', async () => {
    const served = await serveCore();
    const client = await connectClient(served);
    const { core } = served;
    const { runs } = await core.experiments.create(experiment({ seeds: [0, 1, 2, 3, 4, 5] }));
    const [first = ''] = runs.map(({ id }) => id);
    await core.runs.pause(first);
    await client.queue.setBudget({ hosts: 1, cores: 1 });
    await client.queue.hold({ held: true });
    await client.queue.serve();
    const held = await client.queue.show({});
    expect(held).toMatchObject({ held: true, total: 5, running: [] });
    await client.queue.hold({ held: false });
    await eventually(() => core.queue.running().length === 1, 'one run has started');
    const { paused } = await client.queue.pauseAll();
    expect(paused).toBe(1);
    const after = await client.queue.show({});
    expect(after).toMatchObject({ held: true, running: [] });
    const { resumed } = await client.queue.resumeAll();
    expect(resumed).toBeLessThanOrEqual(1);
    // What the reader paused before stays paused.
    expect(core.runs.get(first).status).toBe('paused');
    expect(core.queue.held()).toBe(false);
  });
});

describe('system.setup', () => {
  it('tells how the libraries stand at once', async () => {
    const client = await connectClient(await serveCore());
    const states = await client.system.setup();
    let first: SetupState | null = null;
    for await (const state of states) {
      first = state;
      break;
    }
    expect(first).toMatchObject({ preparing: null, obstacle: null });
    expect(first?.cuda.downloadBytes).toBeGreaterThan(1e9);
  });
});
