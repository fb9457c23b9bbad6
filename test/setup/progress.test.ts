import { expect, it } from 'vitest';
import { progressDisplay } from '#setup/progress.mjs';

const fakeStream = (isTTY: boolean) => {
  const written: string[] = [];
  const stream = { isTTY, columns: 80, write: (text: string) => written.push(text) > 0 };
  return { written, display: progressDisplay(stream as unknown as NodeJS.WriteStream) };
};

it('prints a line a step where there is no terminal', () => {
  const { written, display } = fakeStream(false);
  for (const done of [0, 1e6, 274e6]) {
    display.onProgress({ step: 'download', done, total: 274e6 });
  }
  display.onProgress({ step: 'prove', done: 0, total: 0 });
  display.close();
  expect(written).toEqual(['Downloading TensorFlow (274 MB)\n', 'Trying it out\n']);
});

it('draws a bar on a terminal, within its width, and clears it', () => {
  const { written, display } = fakeStream(true);
  display.onProgress({ step: 'unpack', done: 0, total: 800e6 });
  display.onProgress({ step: 'unpack', done: 800e6, total: 800e6 });
  const lines = written.map((text) => text.replace('\r\x1b[K', ''));
  expect(lines[0]).toMatch(/^Unpacking it ░+ 0 % {2}0\/800 MB$/);
  expect(lines[1]).toMatch(/^Unpacking it █+ 100 % {2}800\/800 MB/);
  for (const line of lines) expect(line.length).toBeLessThan(80);
  display.close();
  expect(written.at(-1)).toBe('\r\x1b[K');
});
