import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { withLock } from '#setup/lock.mjs';

const quiet = { onWait: () => {} };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('runs one body at a time', async () => {
  const name = randomUUID();
  let inside = 0;
  let most = 0;
  const body = async (): Promise<void> => {
    most = Math.max(most, (inside += 1));
    await pause(5);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 8 }, () => withLock(name, quiet, body)));
  expect(most).toBe(1);
});

it('does not hold up another name', async () => {
  await withLock(randomUUID(), quiet, () =>
    withLock(randomUUID(), { onWait: () => expect.unreachable() }, () => Promise.resolve()),
  );
});

it('gives the body’s result, or its error, and is free again', async () => {
  const name = randomUUID();
  await expect(withLock(name, quiet, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(name, quiet, () => Promise.resolve(7))).toBe(7);
});

it('says once that it waits, and stops waiting when aborted', async () => {
  const name = randomUUID();
  const abort = new AbortController();
  let waits = 0;
  await withLock(name, quiet, async () => {
    const options = { onWait: () => (waits += 1), signal: abort.signal };
    const waiting = withLock(name, options, () => expect.unreachable());
    while (waits === 0) await pause(1);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
  expect(waits).toBe(1);
});
