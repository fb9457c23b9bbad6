import { expect, it } from 'vitest';
import { OffrecError } from '#contract/errors.ts';
import { forEachRun } from '#doors/router/answers.ts';

/** Holds the process for longer than one turn may take. */
function holdUp(): void {
  const untilMs = performance.now() + 60;
  while (performance.now() < untilMs);
}

it('lets others in between when something is done to many runs, and loses no refusal', async () => {
  let othersDone = 0;
  const seen: number[] = [];
  const answering = forEachRun(['a', 'b', 'a', 'c'], (run) => {
    seen.push(othersDone);
    setImmediate(() => othersDone++);
    holdUp();
    if (run === 'a') throw new OffrecError('busy', 'Not now.');
    return run === 'b' ? Promise.reject(new OffrecError('not-found', 'Gone.')) : null;
  });
  expect(seen).toEqual([0]);
  expect(await answering).toEqual({
    done: ['c'],
    failed: [
      { run: 'a', error: { code: 'busy', message: 'Not now.' } },
      { run: 'b', error: { code: 'not-found', message: 'Gone.' } },
    ],
  });
  expect(seen).toEqual([0, 1, 2]);
});
