import type { WebSocket } from 'ws';
import { limits } from '#contract/limits.ts';
import { isFrame, type Handler } from '../router/handler.ts';

/** Bytes of answers that wait for a client before it may ask for more. */
const mostUnreadBytes = 64 * 1024 * 1024;
/** Bytes of answers that wait for a client at all: many large ones may have been asked for at once. */
const mostHeldBytes = 4 * mostUnreadBytes;

/** Codes by which a connection is closed. */
const closing = { malformed: 1007, binary: 1003, tooMuch: 1013 } as const;

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
        if (socket.bufferedAmount > mostHeldBytes) socket.close(closing.tooMuch, 'too much unread');
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
