import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { OffrecError } from '#contract/errors.ts';
import { limits } from '#contract/limits.ts';
import type { Core } from '#core/core.ts';
import { createHandler } from '../router/handler.ts';
import { createRouter } from '../router/router.ts';
import { Admission, checkToken, type Refusal } from './admission.ts';
import { watchBeats } from './beats.ts';
import { serveClient } from './client.ts';
import { PageFiles } from './page-files.ts';
import { send, sendFile, sendText } from './replies.ts';
import { checkpointPath, Transfers, uploadPath } from './transfers.ts';

export interface ServerOptions {
  /** Address to listen on. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly token: string;
  /** Further host names under which browsers ask for the server. */
  readonly names?: readonly string[];
  /** Folder of the built page. */
  readonly pageFolder: string;
  /** Version of Offrec. */
  readonly version: string;
  /** Folders of this machine that a page may look through; default: the user's own. */
  readonly browse?: readonly string[];
  /** Most bytes of one file that a page may send. */
  readonly mostUploadBytes?: number;
}

export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** Address that lets a browser in. */
  readonly url: string;
  /** Ends every connection, then resolves. */
  close(): Promise<void>;
}

/** Path of the router's WebSocket. */
const connectPath = '/rpc';
const silenceMs = 30_000;
const farewellMs = 1000;

/**
 * Serves the page and the router over a core. Answers nobody without the token.
 * @throws OffrecError `busy` when the port is taken, `usage` when the address or token cannot be used
 */
export async function startServer(core: Core, options: ServerOptions): Promise<RunningServer> {
  checkToken(options.token);
  const page = new PageFiles(options.pageFolder);
  const transfers = new Transfers(core, options.mostUploadBytes);
  const sockets = serveSockets(core, options);
  const server = boundedServer();
  const port = await listen(server, options);
  // What the system refuses a single client, such as one file too many, is not the end of the others.
  server.on('error', () => undefined);
  const names = [options.host, ...(options.names ?? [])];
  const admission = new Admission({ token: options.token, names, cookie: `offrec-${port}` });
  server.on('request', (request, response) => {
    answer(request, response, { admission, page, transfers }).catch(() => response.destroy());
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refusal = refuseConnection(request, admission);
    if (refusal !== null) return refuseUpgrade(socket, refusal);
    sockets.handleUpgrade(request, socket, head, (open) => sockets.emit('connection', open));
  });
  const stopBeats = watchBeats(sockets);
  return {
    host: options.host,
    port,
    url: `http://${urlHost(options.host)}:${port}/?token=${options.token}`,
    async close() {
      stopBeats();
      const closed = new Promise((resolve) => server.close(resolve));
      await sayFarewell(sockets);
      server.closeAllConnections();
      await closed;
      await transfers.close();
    },
  };
}

/** Answers every connection that is handed over. */
function serveSockets(core: Core, { version, browse }: ServerOptions): WebSocketServer {
  const more = browse === undefined ? {} : { browse };
  const handler = createHandler(createRouter(core, { door: 'browser', version, ...more }));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.requestBytes,
    perMessageDeflate: false,
  });
  return sockets.on('connection', (socket) => serveClient(socket, handler));
}

/** Bears so many clients, and none that only takes its time. */
function boundedServer(): Server {
  const server = createServer({
    headersTimeout: 10_000,
    connectionsCheckingInterval: 5_000,
    requestTimeout: 0,
  });
  // Not the whole request is timed, for an upload takes what it takes, but its silence.
  server.timeout = silenceMs;
  server.maxConnections = 512;
  return server;
}

function listen(server: Server, options: ServerOptions): Promise<number> {
  const { host, port } = options;
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = `${host}:${port}`;
      reject(
        cause.code === 'EADDRINUSE'
          ? new OffrecError('busy', `Port ${port} is taken.`, {
              where,
              hint: 'Choose another one with --port, or 0 for any.',
              cause,
            })
          : new OffrecError('usage', 'The server cannot listen there.', {
              where,
              hint: 'Choose an address of this machine and a free port above 1023.',
              cause,
            }),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** An address that a browser on the same machine can open. */
function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** Who answers what. */
interface Responders {
  readonly admission: Admission;
  readonly page: PageFiles;
  readonly transfers: Transfers;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { admission, page, transfers }: Responders,
): Promise<void> {
  const foreign = admission.refuseForeign(request.headers);
  if (foreign !== null) return sendText(response, foreign.status, `${foreign.reason}\n`);
  const url = URL.parse(request.url ?? '', 'http://page');
  if (url === null || url.host !== 'page') return sendText(response, 400, 'No address.\n');
  const reads = request.method === 'GET' || request.method === 'HEAD';
  const uploads = url.pathname === uploadPath;
  if (uploads ? !['POST', 'DELETE'].includes(request.method ?? '') : !reads) {
    return sendText(response, 405, 'Nothing here is done that way.\n');
  }
  const token = url.searchParams.get('token');
  if (url.pathname === '/' && token !== null && admission.opensWith(token)) {
    // The token leaves the address bar and the history.
    return send(response, 303, { Location: '/', 'Set-Cookie': admission.cookie() }, '');
  }
  const unknown = admission.refuseUnknown(request.headers, !reads);
  if (unknown !== null) {
    const way = 'Open the address that offrec serve printed.';
    return sendText(response, unknown.status, `${unknown.reason} ${way}\n`);
  }
  const isTransfer = uploads || (url.pathname === checkpointPath && request.method === 'GET');
  if (isTransfer) await transfers.answer(request, response, url);
  else await sendFile(response, page, url.pathname);
}

function refuseConnection(request: IncomingMessage, admission: Admission): Refusal | null {
  const refusal =
    admission.refuseForeign(request.headers) ?? admission.refuseUnknown(request.headers, true);
  if (refusal !== null || request.url === connectPath) return refusal;
  return { status: 403, reason: 'Nothing connects there.' };
}

/** Nobody else looks after a socket whose upgrade was refused: whoever does not leave by himself would stay. */
function refuseUpgrade(socket: Duplex, { status, reason }: Refusal): void {
  socket.once('finish', () => socket.destroy());
  const head = `HTTP/1.1 ${status} ${String(STATUS_CODES[status])}`;
  const type = 'Content-Type: text/plain; charset=utf-8';
  const length = `Content-Length: ${Buffer.byteLength(reason)}`;
  socket.end(`${head}\r\nConnection: close\r\n${type}\r\n${length}\r\n\r\n${reason}`);
}

async function sayFarewell(sockets: WebSocketServer): Promise<void> {
  const open = [...sockets.clients];
  const gone = open.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  for (const socket of open) socket.close(1001, 'the server ends');
  const patience = setTimeout(() => open.forEach((socket) => socket.terminate()), farewellMs);
  await Promise.all(gone);
  clearTimeout(patience);
}
