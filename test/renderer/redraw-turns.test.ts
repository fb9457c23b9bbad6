import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { useTurns } from '#renderer/components/redraw-turns.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('lets charts redraw one after the other, each once for all that it asked', () => {
  const drawn: string[] = [];
  const chart = (name: string, turns?: number) => useTurns(() => drawn.push(name), turns);
  const scope = effectScope();
  const [many = () => undefined, second = () => undefined, third = () => undefined] =
    scope.run(() => [chart('many', 2), chart('second'), chart('third')]) ?? [];
  vi.advanceTimersByTime(10_000);
  for (const ask of [many, second, many, third, second]) ask();
  vi.advanceTimersByTime(0);
  expect(drawn).toEqual(['many']);
  vi.advanceTimersByTime(1399);
  expect(drawn).toEqual(['many']);
  vi.advanceTimersByTime(1);
  expect(drawn).toEqual(['many', 'second']);
  vi.advanceTimersByTime(700);
  expect(drawn).toEqual(['many', 'second', 'third']);

  many();
  scope.stop();
  vi.advanceTimersByTime(10_000);
  expect(drawn).toHaveLength(3);
});
