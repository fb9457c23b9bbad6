import { RPCLink } from '@orpc/client/websocket';
import { columnSerializers } from '#contract/columns.ts';
import { OffrecError } from '#contract/errors.ts';
import type { Transport } from './transport.ts';

const openTimeoutMs = 10_000;

/** The line of a page in a browser: a WebSocket to the server that the page came from. */
export function openWebSocket(url: string): Promise<Transport> {
  const socket = new WebSocket(url);
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const link = new RPCLink({ websocket: socket, customJsonSerializers: columnSerializers });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.close(), openTimeoutMs);
    socket.addEventListener('open', () => {
      clearTimeout(timer);
      resolve({ link, ended, close: () => socket.close() });
    });
    socket.addEventListener('close', (event) => {
      clearTimeout(timer);
      const reason = event.reason === '' ? 'Offrec does not answer.' : event.reason;
      end(reason);
      reject(new OffrecError('host-gone', reason));
    });
  });
}
