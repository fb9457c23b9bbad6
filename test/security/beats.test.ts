import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { WebSocketServer } from 'ws';
import { watchBeats } from '#doors/serve/beats.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A connection that answers when the test says so. */
class FakeSocket extends EventEmitter {
  bufferedAmount = 0;
  pings = 0;
  ended = false;
  ping(): void {
    this.pings++;
  }
  terminate(): void {
    this.ended = true;
  }
}

function watched(): { socket: FakeSocket; stop: () => void } {
  const socket = new FakeSocket();
  const sockets = Object.assign(new EventEmitter(), { clients: new Set([socket]) });
  const stop = watchBeats(sockets as unknown as WebSocketServer);
  sockets.emit('connection', socket);
  return { socket, stop };
}

it('a connection that answers no beat ends, one that answers stays', () => {
  const { socket, stop } = watched();
  vi.advanceTimersByTime(30_000);
  socket.emit('pong');
  vi.advanceTimersByTime(30_000);
  socket.emit('message');
  vi.advanceTimersByTime(30_000);
  expect(socket).toMatchObject({ pings: 3, ended: false });
  vi.advanceTimersByTime(30_000);
  expect(socket.ended).toBe(true);
  stop();
});

it('a slow line has minutes for a large answer, behind which the beat waits', () => {
  const { socket, stop } = watched();
  socket.bufferedAmount = 30_000_000;
  vi.advanceTimersByTime(300_000);
  expect(socket.ended).toBe(false);
  socket.emit('pong');
  vi.advanceTimersByTime(300_000);
  expect(socket.ended).toBe(false);
  vi.advanceTimersByTime(30_000);
  expect(socket.ended).toBe(true);
  stop();
});
