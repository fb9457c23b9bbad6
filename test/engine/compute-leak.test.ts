import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileStep, withEager } from '#engine/compute/compile-step.ts';
import type { Device } from '#engine/compute/device.ts';
import { tf } from '#engine/compute/tf.ts';
import { nativeObstacle, nativeSuite, openNative } from './compute-device.ts';
import { disposeTraining, makeTraining } from './compute-step-cases.ts';

const megabyte = 2 ** 20;

/** Bytes of the process without the heap of JavaScript, which its collector lets grow and shrink as it likes. */
function nativeBytes(): number {
  const { rss, heapTotal } = process.memoryUsage();
  return rss - heapTotal;
}

describe.skipIf(nativeObstacle !== null)(nativeSuite('memory of steps'), () => {
  let device: Device;
  beforeAll(async () => {
    device = await openNative();
  });

  it('does not grow over 20,000 recorded training and acting steps', () => {
    const training = makeTraining('policy');
    const train = compileStep('leak/train', training.body);
    const weight = training.parameters.get('hidden/weight');
    const act = compileStep('leak/act', ({ x }) => ({
      state: tf.tanh(tf.matMul(x as tf.Tensor2D, weight.read<tf.Rank.R2>())),
      total: tf.sum(x!),
    }));
    const feeds = training.feeds();
    const round = (): void => {
      train.run(feeds);
      act.run({ x: feeds['x']! });
    };
    for (let warm = 0; warm < 2_000; warm++) round();
    const [tensors, kept] = [device.tensorCount(), tf.memory().numTensors];
    const grownMB = Array.from({ length: 8 }, () => {
      const before = nativeBytes();
      for (let steps = 0; steps < 2_500; steps++) round();
      return (nativeBytes() - before) / megabyte;
    });
    expect(device.tensorCount()).toBe(tensors);
    expect(tf.memory().numTensors).toBe(kept);
    // Allocators fill their reserves over the first 10,000; 1 kB lost a step would be 2.5 MB each time.
    expect(Math.min(...grownMB)).toBeLessThan(1);
    train.dispose();
    act.dispose();
    disposeTraining(training);
  }, 120_000);

  it('keeps no tensor of eager steps, recordings, parameters or slots', () => {
    const before = device.tensorCount();
    const kept = tf.memory().numTensors;
    const training = makeTraining('recurrent');
    const step = compileStep('leak/all', training.body);
    step.run(training.feeds());
    withEager(() => step.run(training.feeds()));
    step.dispose();
    disposeTraining(training);
    expect(device.tensorCount()).toBe(before);
    expect(tf.memory().numTensors).toBe(kept);
  });

  it('forgets the functions of disposed steps', () => {
    const script = fileURLToPath(new URL('../fixtures/compute/make-functions.ts', import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '600'], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const { before, after } = JSON.parse(stdout) as { before: number; after: number };
    // Functions of this size that stay take 0.8 MB each: 480 MB. TensorFlow's own records of those that
    // were removed, and its allocator, take about 100.
    expect(after - before).toBeLessThan(200);
  }, 120_000);

  it('refuses to run a disposed step', () => {
    const step = compileStep('leak/disposed', ({ x }) => ({ x: x! }));
    step.dispose();
    step.dispose();
    expect(() => step.run({ x: { data: Float32Array.of(1), shape: [1] } })).toThrow(/disposed/);
  });
});
