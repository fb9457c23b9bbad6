import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { isContractProcedure } from '@orpc/contract';
import { isProcedure } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { describe, expect, it } from 'vitest';
import { columnSerializers } from '#contract/columns.ts';
import type { OffrecError } from '#contract/errors.ts';
import { fromRouterError } from '#contract/router-error.ts';
import { router, type RouterClient } from '#contract/router.ts';
import { contractVersion } from '#contract/version.ts';
import { createRouter } from '#doors/router/router.ts';
import { coreOn, eventually, temporaryHome } from '../runs/support/homes.ts';
import { connectClient, serveCore } from '../support/served.ts';

/** Names of all methods below a node, such as `runs.list`. */
function methodsOf(node: object, isMethod: (node: unknown) => boolean, path = ''): string[] {
  return Object.entries(node).flatMap(([name, inner]: [string, object]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return isMethod(inner) ? [at] : methodsOf(inner, isMethod, at);
  });
}

async function refusal(call: Promise<unknown>): Promise<OffrecError> {
  return call.then(
    () => Promise.reject(new Error('was not refused')),
    (error: unknown) => fromRouterError(error),
  );
}

const experimentText = (epochs: number, seeds = 3): string =>
  JSON.stringify({
    name: 'storm',
    datasets: ['tiny'],
    methods: [{ use: 'mbpo', set: { epochs } }],
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
  });

describe('the contract and its handlers', () => {
  it('are the same methods, in both directions', async () => {
    const handlers = createRouter(await coreOn(temporaryHome()), { door: 'window', version: '1' });
    const promised = methodsOf(router, isContractProcedure);
    const handled = methodsOf(handlers, isProcedure);
    expect(promised.length).toBeGreaterThan(30);
    expect(handled.toSorted()).toEqual(promised.toSorted());
  });
});

/** The same calls over both transports. */
const transports = {
  'a WebSocket': async () => {
    const served = await serveCore();
    return { core: served.core, client: await connectClient(served), end: () => {} };
  },
  'a message port': async () => {
    const core = await coreOn(temporaryHome());
    const { port1, port2 } = new MessageChannel();
    const handlers = createRouter(core, { door: 'window', version: '1.2.3' });
    new RPCHandler(handlers, { customJsonSerializers: columnSerializers }).upgrade(port1);
    const link = new RPCLink({ port: port2, customJsonSerializers: columnSerializers });
    port1.start();
    port2.start();
    const client: RouterClient = createORPCClient(link);
    return { core, client, end: () => port2.close() };
  },
};

describe.each(Object.entries(transports))('over %s', (_name, open) => {
  it('greets, and tells another version in our words', async () => {
    const { client, core, end } = await open();
    const greeting = await client.system.hello({ contract: contractVersion });
    expect(greeting).toMatchObject({ offrec: '1.2.3', home: core.home.root, readOnly: false });
    expect(greeting.cursor).toBe(core.cursor());
    const error = await refusal(client.system.hello({ contract: contractVersion + 1 }));
    expect(error.code).toBe('version-mismatch');
    expect(error.hint).toContain('Reload');
    end();
  });

  it('lists datasets and methods as the core does', async () => {
    const { client, core, end } = await open();
    expect((await client.datasets.list()).datasets).toEqual(core.datasets.list().datasets);
    const methods = await client.methods.list();
    expect(methods.map(({ name }) => name)).toContain('mbpo');
    const detail = await client.methods.show({ name: 'mbpo' });
    expect(detail).toEqual(await core.methods.show('mbpo'));
    end();
  });

  it('tells errors as values: what is wrong, where, and what to do', async () => {
    const { client, end } = await open();
    const missing = await refusal(client.datasets.show({ name: 'nowhere' }));
    expect(missing.code).toBe('not-found');
    const misfit = await refusal(client.datasets.show({ name: '../secret' }));
    expect(misfit).toMatchObject({ code: 'invalid-input', where: 'name' });
    const typo = await refusal(
      client.experiments.parse({ text: 'name: a\ndatasets: [tiny]\nmethods: [mbpoo]\n' }),
    );
    expect(typo).toMatchObject({
      code: 'invalid-input',
      where: 'experiment.yaml:3:11, methods[0]',
    });
    expect(typo.hint).toContain("Did you mean 'mbpo'?");
    end();
  });

  it('queues an experiment, pages and sorts its runs, and changes them', async () => {
    const { client, core, end } = await open();
    const text = experimentText(5);
    const planned = await client.experiments.expand({ text, format: 'json', limit: 2 });
    expect(planned).toMatchObject({ total: 3, existing: 0, runs: { length: 2 } });
    const created = await client.experiments.create({ text, format: 'json' });
    expect(created).toMatchObject({ name: 'storm', added: 3, reused: 0 });
    const page = await client.runs.list({
      sort: { by: 'seed', descending: true },
      offset: 1,
      limit: 1,
    });
    expect(page.total).toBe(3);
    expect(page.rows.map(({ spec }) => spec.seed)).toEqual([1]);
    const [id = ''] = created.runs;
    await client.runs.tag({ ids: [id], add: ['good'] });
    await client.runs.setPriority({ ids: [id], priority: 7 });
    await client.runs.setNote({ id, note: 'look again' });
    const tagged = await client.runs.list({ filter: { tag: 'good', text: 'STORM tiny' } });
    expect(tagged.rows).toMatchObject([{ id, tags: ['good'], priority: 7 }]);
    expect((await client.runs.show({ id })).note).toBe('look again');
    expect((await client.queue.show({})).runs[0]?.id).toBe(id);
    const gone = 'f'.repeat(16);
    const removed = await client.runs.remove({ ids: [id, gone] });
    expect(removed.done).toEqual([id]);
    expect(removed.failed).toMatchObject([{ run: gone, error: { code: 'not-found' } }]);
    expect(core.runs.list()).toHaveLength(2);
    end();
  });

  it('runs an experiment and gives its series, points and log as the core has them', async () => {
    const { client, core, end } = await open();
    const { runs } = await client.experiments.create({
      text: experimentText(20, 1),
      format: 'json',
    });
    const [id = ''] = runs;
    await client.queue.serve();
    await eventually(() => core.runs.get(id).status === 'done', 'the end of the run');
    const summaries = core.runs.show(id).metrics;
    const [metric = '', other = ''] = summaries.map((summary) => summary.metric);
    const listed = await client.runs.list({ lasts: [metric, 'never/logged', other] });
    const lastOf = (name: string) => summaries.find((each) => each.metric === name)?.last;
    expect(listed.rows.map(({ lasts }) => lasts)).toEqual([
      { [metric]: lastOf(metric), [other]: lastOf(other) },
    ]);
    expect((await client.runs.list({})).rows.map(({ lasts }) => lasts)).toEqual([{}]);
    const [buckets, none] = await client.runs.series({
      of: [
        { run: id, metric },
        { run: id, metric: 'never/logged' },
      ],
      pixels: 4,
    });
    expect(buckets).toEqual({ run: id, ...core.runs.buckets(id, metric, { pixels: 4 }) });
    expect(none).toMatchObject({ total: 0, means: new Float64Array(0) });
    const points = await client.runs.points({ id, metric });
    expect(points).toEqual(core.runs.points(id, metric));
    expect(points.values.length).toBeGreaterThan(0);
    expect(await client.runs.log({ id })).toEqual(core.runs.logs(id));
    const [checkpoint] = await client.checkpoints.list({ run: id });
    const name = checkpoint?.name ?? '';
    expect(name).not.toBe('');
    const entries = await client.tables.data({ experiments: ['storm'] });
    expect(entries).toEqual(await core.tables.data('storm'));
    end();
  });

  it('imports with progress', async () => {
    const { client, core, end } = await open();
    const events = await client.datasets.import({
      kind: 'synthetic',
      name: 'world',
      options: { users: 20, items: 30 },
    });
    let last: string | undefined;
    for await (const event of events) last = event.type;
    expect(last).toBe('done');
    expect(core.datasets.show('world').users).toBe(20);
    end();
  });
});
