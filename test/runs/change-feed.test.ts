import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { OffrecError } from '#contract/errors.ts';
import { ChangeFeed } from '#core/change-feed.ts';
import type { Store } from '#store/store.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A store whose counter the test sets; while `trouble` is set nothing can be read. */
function storeWith(state: { revision: number; trouble: Error | null }): Pick<Store, 'read'> {
  const current = (): number => {
    if (state.trouble !== null) throw state.trouble;
    return state.revision;
  };
  const since = () => ({ revision: current(), runs: ['a'], topics: [] });
  return { read: { revisions: { current, since } } } as unknown as Pick<Store, 'read'>;
}

it('a store that cannot be read for a while is told of once, and nothing is lost', () => {
  const state = { revision: 1, trouble: null as Error | null };
  const notices: string[] = [];
  const feed = new ChangeFeed(storeWith(state), ({ message }) => notices.push(message));
  const told: number[] = [];
  feed.listen(({ cursor }) => told.push(cursor));
  state.revision = 2;
  state.trouble = new OffrecError('busy', 'Another process holds the store.');
  vi.advanceTimersByTime(2000);
  expect(told).toEqual([]);
  expect(notices).toEqual(['Changes cannot be told of: Another process holds the store.']);
  state.trouble = null;
  vi.advanceTimersByTime(200);
  expect(told).toEqual([2]);
  feed.stop();
});

it('a listener that fails keeps nothing from the others', () => {
  const state = { revision: 1, trouble: null };
  const feed = new ChangeFeed(storeWith(state), () => {});
  const told: number[] = [];
  feed.listen(() => {
    throw new Error('This listener fails.');
  });
  feed.listen(({ cursor }) => told.push(cursor));
  state.revision = 2;
  vi.advanceTimersByTime(400);
  expect(told).toEqual([2]);
  feed.stop();
});
