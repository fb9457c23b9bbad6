import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nativeObstacle, nativeSuite } from './compute-device.ts';

const script = fileURLToPath(new URL('../fixtures/compute/train-and-hash.ts', import.meta.url));

function hashOf(...settings: number[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...settings.map(String)]);
    let [output, complaints] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`exit ${code}: ${complaints}`));
    });
  });
}

describe.skipIf(nativeObstacle !== null)(nativeSuite('bits across processes'), () => {
  it.each([1, 2])(
    'are the same with %i threads, whole or resumed at any step',
    async (threads) => {
      const whole = await hashOf(threads);
      expect(whole).toMatch(/^[0-9a-f]{64}$/);
      const others = await Promise.all([hashOf(threads), hashOf(threads, 1), hashOf(threads, 17)]);
      expect(others).toEqual([whole, whole, whole]);
    },
    240_000,
  );
});
