import { RPCHandler } from '@orpc/server/websocket';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { columnSerializers } from '#contract/columns.ts';
import { limits } from '#contract/limits.ts';
import type { createRouter } from '../router/router.ts';

export type Handler = RPCHandler<Record<never, never>>;

export function createHandler(router: ReturnType<typeof createRouter>): Handler {
  return new RPCHandler(router, { customJsonSerializers: columnSerializers });
}

/** Bytes of answers that wait for a client before it may ask for more. */
const mostUnreadBytes = 64 * 1024 * 1024;

/** What a client of ours sends: a call of a method, or the end of one. Streams and files have no use here. */
const frameSchema = z.union([
  z.strictObject({
    i: z.string().min(1).max(64),
    p: z.strictObject({
      u: z
        .string()
        .max(200)
        .regex(/^\/[A-Za-z/]+$/),
      b: z.unknown(),
    }),
  }),
  z.strictObject({ i: z.string().min(1).max(64), t: z.literal(4), p: z.undefined().optional() }),
]);

/** Codes by which a connection is closed. */
const closing = { malformed: 1007, binary: 1003, tooMuch: 1013 } as const;

function isFrame(text: string): boolean {
  try {
    return frameSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

/**
 * Answers one client until its connection ends. A client that sends what none of ours would, or asks faster than it
 * reads, loses its connection; nobody else notices.
 */
export function serveClient(socket: WebSocket, handler: Handler): void {
  let underWay = 0;
  const peer = {
    addEventListener: () => {},
    // Resolves when the socket has taken the answer: a stream goes on as fast as its client reads.
    send: (data: string | ArrayBufferLike | Uint8Array) =>
      new Promise<void>((resolve, reject) => {
        socket.send(data, (error) => (error ? reject(error) : resolve()));
      }),
  };
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) return socket.close(closing.binary, 'text only');
    const text = data.toString('utf8');
    if (!isFrame(text)) return socket.close(closing.malformed, 'malformed');
    if (underWay >= limits.requestsAtOnce || socket.bufferedAmount > mostUnreadBytes) {
      return socket.close(closing.tooMuch, 'too much at once');
    }
    underWay++;
    handler
      .message(peer as unknown as Parameters<Handler['message']>[0], text)
      .catch(() => socket.close(closing.malformed, 'malformed'))
      .finally(() => underWay--);
  });
  socket.on('close', () => handler.close(peer as unknown as Parameters<Handler['close']>[0]));
  // The library closes the connection itself; without a listener the process would end.
  socket.on('error', () => socket.terminate());
}
