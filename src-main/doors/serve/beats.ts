import type { WebSocketServer, WebSocket } from 'ws';

const beatMs = 30_000;
/**
 * Beats that may stay without an answer: one, but more while answers are still on their way to the client, for a beat
 * comes behind them. So long may a large answer take over a slow line.
 */
const patience = { idle: 1, receiving: 10 } as const;

/** Ends connections whose other side went without a word. Returns the function that stops watching. */
export function watchBeats(sockets: Pick<WebSocketServer, 'clients' | 'on'>): () => void {
  const unanswered = new WeakMap<WebSocket, number>();
  const timer = setInterval(() => {
    for (const socket of sockets.clients) {
      const beats = unanswered.get(socket) ?? 0;
      const isReceiving = socket.bufferedAmount > 0;
      if (beats >= (isReceiving ? patience.receiving : patience.idle)) socket.terminate();
      else {
        unanswered.set(socket, beats + 1);
        socket.ping();
      }
    }
  }, beatMs);
  sockets.on('connection', (socket: WebSocket) => {
    const alive = (): void => void unanswered.delete(socket);
    socket.on('pong', alive);
    socket.on('message', alive);
  });
  return () => clearInterval(timer);
}
