import { ORPCError } from '@orpc/client';
import { describe, expect, it } from 'vitest';
import { Connection, type ConnectionState } from '#renderer/api/connection.ts';
import type { Transport } from '#renderer/api/transport.ts';

/** A core that answers greetings and changes as told, and can be cut off. */
class FakeCore {
  cursor = 5;
  home = '/data';
  refusal: ORPCError<string, unknown> | null = null;
  readonly watchedFrom: number[] = [];
  #cut: ((reason: string) => void) | null = null;

  open = (): Promise<Transport> => {
    const { promise: ended, resolve } = Promise.withResolvers<string>();
    this.#cut = resolve;
    const link = {
      call: (path: readonly string[], input: unknown) => this.#answer(path, input, ended),
    };
    return Promise.resolve({ link, ended, close: () => resolve('closed') });
  };

  cut(): void {
    this.#cut?.('The line broke.');
  }

  #answer(path: readonly string[], input: unknown, ended: Promise<string>): Promise<unknown> {
    const name = path.join('.');
    if (this.refusal !== null) return Promise.reject(this.refusal);
    if (name === 'system.hello')
      return Promise.resolve({ home: this.home, cursor: this.cursor, notices: [] });
    if (name !== 'changes.watch') return Promise.resolve(name);
    this.watchedFrom.push((input as { cursor: number }).cursor);
    return Promise.resolve(this.#changes(ended));
  }

  async *#changes(ended: Promise<string>) {
    yield { cursor: (this.cursor += 1), runs: [], series: [], logs: [], topics: [] };
    await ended;
    throw new Error('closed');
  }
}

function connect(core: FakeCore) {
  const states: ConnectionState['kind'][] = [];
  const waiting = new Set<() => void>();
  let resets = 0;
  const connection = new Connection(core.open, {
    onState: ({ kind }) => {
      states.push(kind);
      for (const check of waiting) check();
    },
    onChange: () => waiting.forEach((check) => check()),
    onReset: () => (resets += 1),
  });
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = (): void => {
        if (!condition()) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const ended = connection.run();
  return { connection, states, until, ended, resets: () => resets };
}

describe('the connection', () => {
  it('comes back by itself and goes on from the last change that it saw', async () => {
    const core = new FakeCore();
    const { connection, states, until, ended, resets } = connect(core);
    await until(() => core.cursor === 6);
    core.cut();
    await until(() => states.includes('lost'));
    connection.retryNow();
    await until(() => core.watchedFrom.length === 2 && core.cursor === 7);
    expect(core.watchedFrom).toEqual([5, 6]);
    expect(resets()).toBe(1);
    expect(states).toEqual(['connecting', 'ready', 'lost', 'connecting', 'ready']);
    connection.close();
    await ended;
  });

  it('says that everything must be read again when the data folder is another', async () => {
    const core = new FakeCore();
    const { connection, until, ended, resets } = connect(core);
    await until(() => core.cursor === 6);
    core.home = '/other';
    core.cut();
    connection.retryNow();
    await until(() => core.watchedFrom.length === 2);
    expect(resets()).toBe(2);
    connection.close();
    await ended;
  });

  it('lets requests wait for the next line', async () => {
    const core = new FakeCore();
    const { connection, states, until, ended } = connect(core);
    await until(() => core.cursor === 6);
    core.cut();
    await until(() => states.includes('lost'));
    const answer = connection.client.methods.list();
    connection.retryNow();
    expect(await answer).toBe('methods.list');
    connection.close();
    await ended;
  });

  it('does not call again where another version answers', async () => {
    const core = new FakeCore();
    core.refusal = new ORPCError('version-mismatch', { message: 'Other versions.', data: {} });
    const { states, ended } = connect(core);
    await ended;
    expect(states).toEqual(['connecting', 'refused']);
  });
});
