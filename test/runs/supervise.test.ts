import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanEnvironment } from '#supervise/environment.ts';
import { NodeChildLauncher } from '#supervise/node-child-launcher.ts';
import { planStarts, type Demand } from '#supervise/schedule.ts';
import { SupervisedHost, type SupervisedHostOptions } from '#supervise/supervised-host.ts';

const entry = fileURLToPath(new URL('support/odd-host.ts', import.meta.url));

function host(
  way: string,
  change: Partial<SupervisedHostOptions<unknown>> = {},
): { host: SupervisedHost<unknown>; messages: unknown[] } {
  const messages: unknown[] = [];
  const supervised = new SupervisedHost<unknown>({
    launcher: new NodeChildLauncher(),
    entry,
    name: 'odd',
    environment: { OFFREC_TEST_WAY: way },
    parse: (message) => message,
    onMessage: (message) => messages.push(message),
    patience: { cooperativeMs: 300, terminateMs: 300 },
    ...change,
  });
  return { host: supervised, messages };
}

async function whenHeard(messages: readonly unknown[]): Promise<void> {
  while (messages.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('a supervised process', () => {
  it('that ends in order has told everything before, typed arrays included', async () => {
    const { host: quick, messages } = host('quick');
    expect(await quick.exit).toMatchObject({ reason: 'ended', description: 'ended in order' });
    expect(messages.length).toBe(2000);
    const last = messages.at(-1) as { row: number; block: Float64Array };
    expect(last.block).toBeInstanceOf(Float64Array);
    expect(last.block[99]).toBe(1999);
  });

  it('that crashes leaves its last words', async () => {
    const exit = await host('crash').host.exit;
    expect(exit).toMatchObject({ reason: 'crashed', description: 'crashed (SIGABRT)' });
    expect(exit.outputTail.join('\n')).toMatch(/^first line\nlast wörds/);
  });

  it('that runs out of memory, is killed, or cannot start is told apart', async () => {
    expect((await host('memory').host.exit).reason).toBe('oom');
    expect((await host('kill').host.exit).reason).toBe('killed');
    const missing = host('', { entry: '/nowhere/at-all.ts' });
    expect((await missing.host.exit).reason).toBe('crashed');
    const broken = host('', {
      launcher: {
        launch: () => ({
          pid: null,
          onStart: () => undefined,
          send: () => undefined,
          kill: () => undefined,
          onMessage: () => undefined,
          onOutput: () => undefined,
          onExit: (listener) =>
            listener({ code: null, signal: null, failure: new Error('EACCES') }),
        }),
      },
    });
    expect(await broken.host.exit).toMatchObject({
      reason: 'launch-failed',
      description: 'could not be started (EACCES)',
    });
  });

  it('that sends nonsense is ended', async () => {
    const { host: odd } = host('nonsense', {
      parse(message) {
        if (message !== 'hello') throw new Error('not a message');
        return message;
      },
    });
    expect(await odd.exit).toMatchObject({ reason: 'misbehaved', outputTail: ['not a message'] });
  });

  it('is asked to stop, then terminated, then killed', async () => {
    const polite = host('polite');
    await whenHeard(polite.messages);
    expect((await polite.host.stop('stop')).reason).toBe('ended');
    expect(polite.messages).toEqual(['hello', 'bye']);
    const deaf = host('deaf');
    await whenHeard(deaf.messages);
    expect(await deaf.host.stop('stop')).toMatchObject({ reason: 'stopped' });
    const stubborn = host('stubborn');
    await whenHeard(stubborn.messages);
    expect(await stubborn.host.stop('stop')).toMatchObject({
      reason: 'stopped',
      description: expect.stringContaining('SIGKILL'),
    });
    stubborn.host.send('too late');
    expect((await stubborn.host.stop('again')).reason).toBe('stopped');
  });

  it('is reported when it falls silent and when it is back, and left alone', async () => {
    const health: boolean[] = [];
    const { host: silent, messages } = host('silent', {
      heartbeat: { intervalMs: 100, firstMs: 20_000 },
      onHealth: (responsive) => health.push(responsive),
    });
    while (messages.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(health).toEqual([false, true]);
    expect(silent.gone).toBe(false);
    await silent.kill();
  });

  it('starts without what could change its code', async () => {
    process.env['NODE_OPTIONS'] = '--no-warnings';
    process.env['npm_config_foo'] = 'bar';
    const { host: child, messages } = host('environment');
    while (messages.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    await child.kill();
    delete process.env['NODE_OPTIONS'];
    delete process.env['npm_config_foo'];
    const environment = JSON.parse(String(messages[1])) as Record<string, string>;
    expect(environment['PATH']).toBe(process.env['PATH']);
    expect(
      Object.keys(environment).filter((key) => /^(NODE_OPTIONS|npm_|VITEST)/.test(key)),
    ).toEqual([]);
    expect(
      cleanEnvironment({ LD_PRELOAD: 'x', ELECTRON_RUN_AS_NODE: '1', HOME: '/h' }, { A: 'b' }),
    ).toEqual({
      HOME: '/h',
      A: 'b',
    });
  });
});

describe('the schedule', () => {
  const demandFields = {
    cores: fc.integer({ min: 1, max: 8 }),
    memoryBytes: fc.integer({ min: 1, max: 100 }),
  };
  const demand = fc.record({ ...demandFields, onGpu: fc.constant(false) });
  const demands = fc
    .array(demand, { maxLength: 12 })
    .map((list) => list.map((each, row): Demand => ({ id: String(row), ...each })));
  const limits = fc.record({
    cores: fc.integer({ min: 1, max: 12 }),
    memoryBytes: fc.integer({ min: 1, max: 200 }),
    hosts: fc.nat(6),
    gpuRuns: fc.integer({ min: 1, max: 3 }),
  });

  it('starts a beginning of the queue that fits, and all of it that fits', () => {
    fc.assert(
      fc.property(demands, limits, fc.nat(12), (all, limit, split) => {
        const running = all.slice(0, split).map((each) => ({ ...each, id: `r${each.id}` }));
        const waiting = all.slice(split);
        const starts = planStarts(waiting, running, limit);
        expect(starts).toEqual(waiting.slice(0, starts.length).map(({ id }) => id));
        const active = [...running, ...waiting.slice(0, starts.length)];
        const cores = active.reduce((sum, each) => sum + each.cores, 0);
        const memory = active.reduce((sum, each) => sum + each.memoryBytes, 0);
        if (starts.length > 0 && active.length > 1) {
          expect(active.length).toBeLessThanOrEqual(limit.hosts);
          expect(cores).toBeLessThanOrEqual(limit.cores);
          expect(memory).toBeLessThanOrEqual(limit.memoryBytes);
        }
        const next = waiting[starts.length];
        if (next === undefined) return;
        const wouldFit =
          active.length + 1 <= limit.hosts &&
          cores + next.cores <= limit.cores &&
          memory + next.memoryBytes <= limit.memoryBytes;
        expect(wouldFit).toBe(false);
        // Nothing waits for ever: the first starts when nothing runs, unless no hosts are allowed.
        expect(active.length === 0 && limit.hosts > 0).toBe(false);
      }),
    );
  });

  it('lets runs pass that need no GPU, and only those', () => {
    const mixed = fc
      .array(fc.record({ ...demandFields, onGpu: fc.boolean() }), { maxLength: 12 })
      .map((list) => list.map((each, row): Demand => ({ id: String(row), ...each })));
    fc.assert(
      fc.property(mixed, limits, (waiting, limit) => {
        const starts = new Set(planStarts(waiting, [], limit));
        const started = waiting.filter(({ id }) => starts.has(id));
        const onGpu = started.filter((each) => each.onGpu).length;
        expect(onGpu).toBeLessThanOrEqual(limit.gpuRuns);
        const last = waiting.findLastIndex(({ id }) => starts.has(id));
        const passed = waiting.slice(0, last + 1).filter(({ id }) => !starts.has(id));
        expect(passed.every((each) => each.onGpu)).toBe(true);
        // Whoever was passed had no slot: all of them were taken.
        if (passed.length > 0) expect(onGpu).toBe(limit.gpuRuns);
        // Without any slot, what computes elsewhere starts as if nothing waited for the GPU.
        const others = waiting.filter((each) => !each.onGpu);
        const without = planStarts(waiting, [], { ...limit, gpuRuns: 0 });
        expect(without).toEqual(planStarts(others, [], limit));
      }),
    );
  });
});
