import { describe, expect, it } from 'vitest';
import type { Change } from '#contract/routes/changes.ts';
import { fromRouterError } from '#contract/router-error.ts';
import type { RouterClient } from '#contract/router.ts';
import { contractVersion } from '#contract/version.ts';
import { temporaryHome } from '../runs/support/homes.ts';
import { clientOver, connect, connectClient, serveCore } from '../support/served.ts';

const text = JSON.stringify({
  name: 'storm',
  datasets: ['tiny'],
  methods: ['mbpo'],
  seeds: [0, 1, 2, 3],
});

async function start(client: RouterClient) {
  const { cursor } = await client.system.hello({ contract: contractVersion });
  const { runs } = await client.experiments.create({ text, format: 'json' });
  return { cursor, runs };
}

/** Changes until one of them is enough. */
async function follow(
  client: RouterClient,
  cursor: number,
  enough: (change: Change) => boolean,
): Promise<Change[]> {
  const seen: Change[] = [];
  for await (const change of await client.changes.watch({ cursor })) {
    seen.push(change);
    if (enough(change)) return seen;
  }
  return seen;
}

describe('changes', () => {
  it('since the greeting are told, each once', async () => {
    const served = await serveCore();
    const client = await connectClient(served);
    const { cursor, runs } = await start(client);
    const first = await follow(client, cursor, () => true);
    expect(first[0]?.runs.toSorted()).toEqual(runs.toSorted());
    const after = first.at(-1)?.cursor ?? 0;
    const [touched = ''] = runs;
    const watching = follow(client, after, (change) => change.runs.includes(touched));
    await client.runs.setNote({ id: touched, note: 'changed' });
    expect((await watching).flatMap((change) => change.runs)).toEqual([touched]);
  });

  it('reach a client that was away: a cursor loses nothing', async () => {
    const served = await serveCore();
    const socket = await connect(served);
    const client = clientOver(socket);
    const { cursor, runs } = await start(client);
    const [a = '', b = '', c = ''] = runs;
    const [before] = await follow(client, cursor, () => true);
    socket.terminate();
    const other = await connectClient(served);
    await other.runs.setNote({ id: a, note: 'while away' });
    await other.runs.setPriority({ ids: [b], priority: 3 });
    const again = await connectClient(served);
    const missed = follow(again, before?.cursor ?? 0, (change) => change.runs.includes(c));
    await other.runs.tag({ ids: [c], add: ['new'] });
    const told = (await missed).flatMap((change) => change.runs);
    expect(new Set(told)).toEqual(new Set([a, b, c]));
  });

  it('survive a restart of the server on the same data folder', async () => {
    const home = temporaryHome();
    const served = await serveCore(home);
    const { cursor, runs } = await start(await connectClient(served));
    await served.server.close();
    await served.core.close();
    const again = await connectClient(await serveCore(home));
    const told = (await follow(again, cursor, () => true)).flatMap((change) => change.runs);
    expect(told.toSorted()).toEqual(runs.toSorted());
  });

  it('are the same for several clients', async () => {
    const served = await serveCore();
    const clients = await Promise.all([1, 2, 3].map(() => connectClient(served)));
    const [first] = clients;
    if (first === undefined) throw new Error('no client');
    const { cursor, runs } = await start(first);
    const told = await Promise.all(
      clients.map(async (client) =>
        (await follow(client, cursor, () => true)).flatMap((change) => change.runs).toSorted(),
      ),
    );
    expect(told).toEqual([runs.toSorted(), runs.toSorted(), runs.toSorted()]);
  });

  it('of another data folder are refused', async () => {
    const client = await connectClient(await serveCore());
    const error = await client.changes.watch({ cursor: 1e9 }).then(() => null, fromRouterError);
    expect(error).toMatchObject({ code: 'invalid-input', where: 'cursor' });
  });
});
