import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { limits } from '#contract/limits.ts';
import { contractVersion } from '#contract/version.ts';
import { temporaryHome } from '../runs/support/homes.ts';
import {
  builtPage,
  clientOver,
  connect,
  connectClient,
  serveCore,
  type Served,
} from '../support/served.ts';

const isSoak = process.env['OFFREC_SOAK'] === '1';
const numRuns = isSoak ? 10_000 : 300;
const timeoutMs = isSoak ? 1_800_000 : 180_000;

/** Sends frames and resolves with the code by which the connection then ends, or null when it lives. */
async function sendTo(
  served: Served,
  frames: readonly (string | Uint8Array)[],
): Promise<number | null> {
  const socket = await connect(served);
  const ended = new Promise<number>((resolve) => socket.once('close', resolve));
  socket.on('error', () => {});
  for (const frame of frames) socket.send(frame);
  const lives = hello(socket).then(
    () => null,
    () => ended,
  );
  const code = await Promise.race([ended, lives]);
  socket.terminate();
  return code;
}

const hello = (socket: WebSocket) => clientOver(socket).system.hello({ contract: contractVersion });

const call = (path: string, body: unknown, id = 'x') =>
  JSON.stringify({ i: id, p: { u: path, b: body } });

describe('frames', () => {
  it('that are too large end their connection, and no other', async () => {
    const served = await serveCore();
    const other = await connectClient(served);
    expect(await sendTo(served, ['x'.repeat(limits.requestBytes + 1)])).toBe(1009);
    expect((await other.system.hello({ contract: contractVersion })).readOnly).toBe(false);
  });

  it.each<[string, number, string | Uint8Array]>([
    ['no JSON', 1007, 'hello'],
    ['nothing', 1007, ''],
    ['null', 1007, 'null'],
    ['a list', 1007, '[]'],
    ['no call', 1007, '{"i":"1"}'],
    ['a number for an id', 1007, '{"i":1,"p":{"u":"/system/hello"}}'],
    ['a foreign address', 1007, call('http://evil.example/system/hello', {})],
    ['a path that climbs', 1007, call('/system/../hello', {})],
    ['headers of its own', 1007, '{"i":"1","p":{"u":"/system/hello","h":{"content-type":"x"}}}'],
    ['another method', 1007, '{"i":"1","p":{"u":"/system/hello","m":"GET"}}'],
    ['a part of a stream', 1007, '{"i":"1","t":3,"p":{"e":"message","d":1}}'],
    ['a depth without end', 1007, '['.repeat(1_000_000)],
    ['bytes', 1003, new Uint8Array([123, 125])],
    ['a file', 1003, new Uint8Array([123, 125, 255, 1, 2, 3])],
  ])('of %s end their connection', async (_name, code, frame) => {
    const served = await serveCore();
    expect(await sendTo(served, [frame])).toBe(code);
    await hello(await connect(served));
  });

  it('that come too many at once end their connection', async () => {
    const served = await serveCore();
    const body = { json: { cursor: served.core.cursor() } };
    const many = Array.from({ length: limits.requestsAtOnce + 1 }, (_, at) =>
      call('/changes/watch', body, `w${String(at)}`),
    );
    expect(await sendTo(served, many.slice(0, 100))).toBeNull();
    expect(await sendTo(served, many)).toBe(1013);
    await hello(await connect(served));
  });

  it('of a client that asks and does not read end its connection, and no other', async () => {
    const served = await serveCore();
    const other = await connectClient(served);
    const socket = await connect(served);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    socket.pause();
    for (let at = 0; at < 2000; at++) socket.send(call('/methods/experimentSchema', {}, `m${at}`));
    expect((await other.system.hello({ contract: contractVersion })).readOnly).toBe(false);
    socket.resume();
    expect(await ended).toBe(1013);
    expect((await other.methods.list()).length).toBeGreaterThan(0);
  });

  it('that ask for much at once, all of it unread, fill no memory', async () => {
    const large = { text: 'x'.repeat(4 * 1024 * 1024) };
    let answered = 0;
    const served = await serveCore(temporaryHome(), builtPage(), (core) => ({
      ...core,
      methods: {
        ...core.methods,
        experimentSchema: () => {
          answered++;
          return Promise.resolve(large);
        },
      },
    }));
    const socket = await connect(served);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    let receivedBytes = 0;
    socket.on('message', (data: Buffer) => (receivedBytes += data.length));
    socket.pause();
    const asked = 200;
    for (let at = 0; at < asked; at++) socket.send(call('/methods/experimentSchema', {}, `m${at}`));
    await vi.waitFor(() => expect(answered).toBe(asked), 20_000);
    socket.resume();
    expect(await ended).toBe(1013);
    expect(receivedBytes).toBeGreaterThan(64 * 1024 * 1024);
    expect(receivedBytes).toBeLessThan(300 * 1024 * 1024);
    await hello(await connect(served));
  });

  it(
    'that are close to right harm nobody',
    async () => {
      const served = await serveCore();
      const odd = fc.anything({ withNullPrototype: true, maxDepth: 3 });
      const key = fc.constantFrom(
        'i',
        'p',
        't',
        'u',
        'b',
        'h',
        'json',
        'meta',
        'maps',
        '__proto__',
      );
      const typed = fc.tuple(
        fc.integer({ min: 0, max: 70 }),
        fc.constantFrom('__proto__', 'constructor', 'prototype', 'contract', 'cursor', 0),
        fc.constantFrom('polluted', 'prototype', 'toString', 0),
      );
      const frame = fc.oneof(
        fc.string(),
        fc.json(),
        fc.dictionary(key, odd).map((each) => JSON.stringify(each) ?? ''),
        fc
          .record({ json: fc.dictionary(key, odd), meta: fc.array(fc.oneof(typed, odd)) })
          .map((body) => call('/system/hello', body, 'odd')),
      );
      const before = Object.getOwnPropertyNames(Object.prototype);
      await fc.assert(
        fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 5 }), async (frames) => {
          expect([null, 1007]).toContain(await sendTo(served, frames));
        }),
        { numRuns },
      );
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
      await hello(await connect(served));
    },
    timeoutMs,
  );
});
