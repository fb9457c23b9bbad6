import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveInQueue, placeByKey } from '#renderer/lib/queue-order.ts';

interface Row {
  id: string;
  priority: number;
}
const queue: Row[] = [
  { id: 'a', priority: 5 },
  { id: 'b', priority: 0 },
  { id: 'c', priority: 0 },
  { id: 'd', priority: 0 },
];

/** What the core makes of a move: the new priority, then the place among those of that priority. */
function applied(rows: readonly Row[], move: ReturnType<typeof moveInQueue>): string[] {
  if (move === null) return rows.map(({ id }) => id);
  const priority = move.priority ?? rows.find(({ id }) => id === move.id)?.priority ?? 0;
  const others = rows.filter(({ id }) => id !== move.id);
  const at =
    move.before === null
      ? others.findLastIndex((row) => row.priority >= priority) + 1
      : others.findIndex(({ id }) => id === move.before);
  return others.toSpliced(at, 0, { id: move.id, priority }).map(({ id }) => id);
}

describe('moving runs in the queue', () => {
  it('keeps to one priority, or takes that of the place', () => {
    expect(moveInQueue(queue, 3, 1)).toEqual({ id: 'd', priority: null, before: 'b' });
    expect(moveInQueue(queue, 1, 3)).toEqual({ id: 'b', priority: null, before: null });
    expect(moveInQueue(queue, 2, 0)).toEqual({ id: 'c', priority: 5, before: 'a' });
    expect(moveInQueue(queue, 0, 1)).toEqual({ id: 'a', priority: 0, before: 'c' });
    expect(moveInQueue(queue, 0, 0)).toBeNull();
  });

  it('brings any run to any place', () => {
    const rows = fc
      .array(fc.nat(2), { minLength: 1, maxLength: 6 })
      .map((priorities) =>
        priorities
          .toSorted((a, b) => b - a)
          .map((priority, at): Row => ({ id: String(at), priority })),
      );
    fc.assert(
      fc.property(rows, fc.nat(5), fc.nat(5), (all, from, to) => {
        const [a, b] = [from % all.length, to % all.length];
        const order = applied(all, moveInQueue(all, a, b));
        expect(order[b]).toBe(all[a]?.id);
      }),
    );
  });

  it('follows keys, and stays inside', () => {
    expect(placeByKey('ArrowUp', 0, 4)).toBe(0);
    expect(placeByKey('ArrowDown', 1, 4)).toBe(2);
    expect(placeByKey('End', 1, 4)).toBe(3);
    expect(placeByKey('PageUp', 3, 4)).toBe(0);
    expect(placeByKey('x', 1, 4)).toBeNull();
  });
});
