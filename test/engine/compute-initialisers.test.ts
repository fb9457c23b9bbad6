import { beforeAll, describe, expect, it } from 'vitest';
import { gruCell, gruSequence } from '#engine/compute/fused.ts';
import {
  constant,
  glorotUniform,
  heUniform,
  normal,
  orthogonal,
  torchLinear,
  zeros,
} from '#engine/compute/initialisers.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import { nativeObstacle, nativeSuite, openNative } from './compute-device.ts';

const stream = new RandomStreams(1).stream('initialisers');

/** Uniform values fill ±bound: none outside, mean near 0, standard deviation bound / sqrt(3). */
function expectUniform(values: Float32Array, bound: number): void {
  let [largest, mean, square] = [0, 0, 0];
  for (const value of values) {
    largest = Math.max(largest, Math.abs(value));
    mean += value / values.length;
    square += value ** 2 / values.length;
  }
  expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6));
  expect(Math.abs(mean) / bound).toBeLessThan(0.03);
  expect(Math.sqrt(square) / bound).toBeCloseTo(1 / Math.sqrt(3), 1);
}

describe('initialisers', () => {
  it('draw uniform weights within their bounds', () => {
    expectUniform(glorotUniform(stream, [100, 50]), Math.sqrt(6 / 150));
    expectUniform(heUniform(stream, [100, 50]), Math.sqrt(6 / 100));
    const { weight, bias } = torchLinear(stream, [100, 500]);
    expect(weight.length).toBe(50_000);
    expectUniform(weight, 0.1);
    expectUniform(bias, 0.1);
  });

  it('fill and draw normally by shape', () => {
    expect(zeros([2, 3])).toEqual(new Float32Array(6));
    expect(constant([], 2)).toEqual(Float32Array.of(2));
    const values = normal(stream, [100, 100], 0.5);
    let square = 0;
    for (const value of values) square += value ** 2 / values.length;
    expect(Math.sqrt(square)).toBeCloseTo(0.5, 1);
  });

  it.each([
    [3, 5],
    [5, 3],
    [4, 4],
  ])('make orthonormal vectors for [%i, %i]', (rows, columns) => {
    const gain = 2;
    const values = orthogonal(stream, [rows, columns], gain);
    const vectors = Array.from({ length: Math.min(rows, columns) }, (_, index) =>
      Array.from({ length: Math.max(rows, columns) }, (_unused, at) =>
        rows <= columns ? values[index * columns + at]! : values[at * columns + index]!,
      ),
    );
    for (const [i, a] of vectors.entries()) {
      for (const [j, b] of vectors.entries()) {
        const product = a.reduce((sum, value, at) => sum + value * b[at]!, 0);
        expect(product).toBeCloseTo(i === j ? gain ** 2 : 0, 5);
      }
    }
  });
});

describe.skipIf(nativeObstacle !== null)(nativeSuite('gruCell'), () => {
  beforeAll(async () => {
    await openNative();
  });

  it('steps through time as gruSequence does', () => {
    const [rows, time, inputs, width] = [3, 4, 5, 2];
    const [stepwise, whole] = tf.tidy(() => {
      const weights = {
        inputWeight: tf.tensor2d(normal(stream, [inputs, 3 * width], 1), [inputs, 3 * width]),
        inputBias: tf.tensor1d(normal(stream, [3 * width], 1)),
        hiddenWeight: tf.tensor2d(normal(stream, [width, 3 * width], 1), [width, 3 * width]),
        hiddenBias: tf.tensor1d(normal(stream, [3 * width], 1)),
      };
      const sequence = tf.tensor3d(normal(stream, [rows, time, inputs], 1), [rows, time, inputs]);
      let hidden: tf.Tensor2D = tf.zeros([rows, width]);
      for (const input of tf.unstack(sequence, 1))
        hidden = gruCell(input as tf.Tensor2D, hidden, weights);
      return [[...hidden.dataSync()], [...gruSequence(sequence, weights).at(-1)!.dataSync()]];
    });
    expect(stepwise!.length).toBe(rows * width);
    for (const [at, value] of stepwise!.entries()) expect(value).toBeCloseTo(whole![at]!, 6);
  });
});
