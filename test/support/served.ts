import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { WebSocket } from 'ws';
import { columnSerializers } from '#contract/columns.ts';
import type { RouterClient } from '#contract/router.ts';
import type { Core } from '#core/core.ts';
import { startServer, type RunningServer, type ServerOptions } from '#doors/serve/server.ts';
import { coreOn, temporaryHome } from '../runs/support/homes.ts';

const servers: RunningServer[] = [];
const sockets: WebSocket[] = [];
const folders: string[] = [];

// Before the cores of `homes.ts` are closed: hooks run in the reverse order of their registration.
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate();
  for (const server of servers.splice(0)) await server.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export const token = 'a-token-for-tests-0123456789';

/** A folder with a small built page. */
export function builtPage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-page-'));
  folders.push(folder);
  mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html><title>Offrec</title>');
  writeFileSync(join(folder, 'renderer', 'assets', 'page-1a2b.js'), 'export {};');
  writeFileSync(join(folder, 'renderer', '.hidden.txt'), 'hidden');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  return join(folder, 'renderer');
}

export interface Served {
  readonly core: Core;
  readonly server: RunningServer;
  readonly origin: string;
}

/** A server over a new core on a new data folder; both end with the test. */
export async function serveCore(
  home = temporaryHome(),
  pageFolder = builtPage(),
  change: (core: Core) => Core = (core) => core,
  more: Partial<ServerOptions> = {},
): Promise<Served> {
  const core = change(await coreOn(home));
  const server = await startServer(core, {
    host: '127.0.0.1',
    port: 0,
    token,
    pageFolder,
    version: '1.2.3',
    ...more,
  });
  servers.push(server);
  return { core, server, origin: `http://127.0.0.1:${server.port}` };
}

/** Connects with the right token unless told otherwise. Rejects when the server refuses. */
export async function connect(
  served: Served,
  headers: Record<string, string> = { authorization: `Bearer ${token}` },
  path = '/rpc',
): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${served.server.port}${path}`, { headers });
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  return socket;
}

export function clientOver(socket: WebSocket): RouterClient {
  const websocket = socket as unknown as globalThis.WebSocket;
  return createORPCClient(new RPCLink({ websocket, customJsonSerializers: columnSerializers }));
}

export async function connectClient(served: Served): Promise<RouterClient> {
  return clientOver(await connect(served));
}
