import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { findAddon } from '#engine/compute/native/find-addon.ts';

const addon = await findAddon(false).catch(() => null);

/**
 * Multiplies matrices for two seconds while another thread sends this process thousands of signals that it
 * handles. oneDNN's kernels for such sizes move the stack pointer to the heap, where a handler that
 * interrupts them overwrites what lies beside their buffer.
 */
const program = `
  import { Worker } from 'node:worker_threads';
  const { openDevice } = await import('#engine/compute/device.ts');
  const { tf } = await import('#engine/compute/tf.ts');
  await openDevice({ device: 'native-cpu', threads: 1, xla: false });
  let handled = 0;
  process.on('SIGUSR2', () => (handled += 1));
  const send = \`
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (;;) {
      process.kill(process.pid, 'SIGUSR2');
      Atomics.wait(pause, 0, 0, 0.05);
    }\`;
  const sender = new Worker(send, { eval: true });
  const [a, b] = [tf.fill([2048, 160], 0.5), tf.fill([2048, 128], 2)];
  const end = performance.now() + 2000;
  let [sum, kept] = [0, []];
  while (performance.now() < end) {
    sum = tf.tidy(() => tf.matMul(a, b, true, false).dataSync()[7]);
    kept = Array.from({ length: 50 }, (_, index) => new Float32Array(1000 + index));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await sender.terminate();
  process.stdout.write(JSON.stringify({ sum, handled: handled > 50 }));
`;

it.skipIf(addon === null)('computes undisturbed by signals', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, complaints] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (out += text.toString()));
  child.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
  const end = await new Promise<unknown>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, out }));
  });
  const expected = { code: 0, signal: null, out: JSON.stringify({ sum: 2048, handled: true }) };
  expect(end, complaints).toEqual(expected);
});
