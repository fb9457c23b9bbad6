import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileStep } from '#engine/compute/compile-step.ts';
import { openDevice, type Device } from '#engine/compute/device.ts';
import { sumRows } from '#engine/compute/fused/row-sums.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import type { tf } from '#engine/compute/tf.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice({ device: 'auto', threads: 2, xla: false });
});
afterAll(() => {
  device.close();
});

const [count, rows] = [3000, 37];

function inputs(width: number): { x: Float32Array; ids: Int32Array } {
  const random = new RandomStreams(9).stream(`rows-${width}`);
  const x = new Float32Array(count * width);
  const ids = new Int32Array(count);
  random.fillNormal(x);
  // The last row gets nothing.
  random.fillIntegers(ids, rows - 1);
  return { x, ids };
}

function reference({ x, ids }: { x: Float32Array; ids: Int32Array }, width: number): Float64Array {
  const sums = new Float64Array(rows * width);
  ids.forEach((row, n) => {
    for (let column = 0; column < width; column++) {
      sums[row * width + column]! += x[n * width + column]!;
    }
  });
  return sums;
}

// Narrow rows are added by another operation than wide ones.
describe.each([1, 2, 8, 31, 32, 40])('sums of rows of width %i', (width) => {
  const run = (): { out: Float32Array; refusal: string | null } => {
    const { x, ids } = inputs(width);
    const step = compileStep(`row-sums-${width}`, (feeds) => ({
      out: sumRows(feeds['x'] as tf.Tensor2D, feeds['ids'] as tf.Tensor1D, rows),
    }));
    const feeds = { x: { data: x, shape: [count, width] }, ids: { data: ids, shape: [count] } };
    const first = step.run(feeds)['out'] as Float32Array;
    const before = device.tensorCount();
    expect(step.run(feeds)['out']).toEqual(first);
    expect(device.tensorCount()).toBe(before);
    const { refusal } = step;
    step.dispose();
    return { out: first, refusal };
  };

  it('equal the definition and are the same bits again', () => {
    const { out, refusal } = run();
    expect(refusal).toBeNull();
    const wanted = reference(inputs(width), width);
    expect(out.length).toBe(wanted.length);
    out.forEach((value, index) => expect(Math.abs(value - wanted[index]!)).toBeLessThan(1e-4));
    expect([...out.subarray((rows - 1) * width)]).toEqual(new Array<number>(width).fill(0));
    expect(run().out).toEqual(out);
  });
});
