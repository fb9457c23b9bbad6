import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDevice, type Device } from '#engine/compute/device.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';

let device: Device;
beforeAll(async () => {
  device = await openDevice({ device: 'portable', threads: 1, xla: false });
});
afterAll(() => {
  device.close();
});

interface Product {
  batchA: number;
  batchB: number;
  rows: number;
  inner: number;
  columns: number;
  transposeA: boolean;
  transposeB: boolean;
}

function values(seed: number, size: number): Float32Array {
  const out = new Float32Array(size);
  new RandomStreams(seed).stream('values').fillNormal(out);
  return out;
}

function matrixShape(batch: number, rows: number, columns: number, transpose: boolean): number[] {
  const matrix = transpose ? [columns, rows] : [rows, columns];
  return batch === 1 ? matrix : [batch, ...matrix];
}

/** The product by the definition, in double precision. */
function reference(p: Product, a: Float32Array, b: Float32Array): number[] {
  const out: number[] = [];
  const batch = Math.max(p.batchA, p.batchB);
  for (let matrix = 0; matrix < batch; matrix++) {
    const startA = p.batchA === 1 ? 0 : matrix * p.rows * p.inner;
    const startB = p.batchB === 1 ? 0 : matrix * p.inner * p.columns;
    for (let row = 0; row < p.rows; row++) {
      for (let column = 0; column < p.columns; column++) {
        let sum = 0;
        for (let k = 0; k < p.inner; k++) {
          const atA = p.transposeA ? k * p.rows + row : row * p.inner + k;
          const atB = p.transposeB ? column * p.inner + k : k * p.columns + column;
          sum += a[startA + atA]! * b[startB + atB]!;
        }
        out.push(sum);
      }
    }
  }
  return out;
}

function check(p: Product): void {
  const a = values(1, p.batchA * p.rows * p.inner);
  const b = values(2, p.batchB * p.inner * p.columns);
  const before = [device.tensorCount(), tf.backend().numDataIds()];
  const run = (): { shape: number[]; data: Float32Array } =>
    tf.tidy(() => {
      const left = tf.tensor(a, matrixShape(p.batchA, p.rows, p.inner, p.transposeA));
      const right = tf.tensor(b, matrixShape(p.batchB, p.inner, p.columns, p.transposeB));
      const product = tf.matMul(left, right, p.transposeA, p.transposeB);
      return { shape: product.shape, data: product.dataSync<'float32'>().slice() };
    });
  const { shape, data } = run();
  expect(run().data).toEqual(data);
  expect([device.tensorCount(), tf.backend().numDataIds()]).toEqual(before);
  const batch = Math.max(p.batchA, p.batchB);
  expect(shape).toEqual(matrixShape(batch, p.rows, p.columns, false));
  const tolerance = 1e-6 * p.inner + 1e-5;
  reference(p, a, b).forEach((wanted, index) => {
    const difference = Math.abs(data[index]! - wanted);
    if (!(difference < tolerance)) {
      expect.fail(`${JSON.stringify(p)}: element ${index} is ${data[index]}, not ${wanted}`);
    }
  });
}

it('multiplies matrices of any size, in stacks and transposed', () => {
  const size = fc.integer({ min: 1, max: 40 });
  const product = fc.record({
    batchA: fc.constantFrom(1, 1, 3),
    batchB: fc.constantFrom(1, 1, 3),
    rows: size,
    inner: fc.oneof(size, fc.integer({ min: 250, max: 530 })),
    columns: size,
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
  });
  fc.assert(fc.property(product, check), { numRuns: 80, seed: 11 });
});

it.each([
  // A last block of columns that overlaps the one before, over more than one piece of the inner axis.
  { rows: 7, inner: 600, columns: 13 },
  { rows: 1, inner: 513, columns: 8 },
  { rows: 6, inner: 256, columns: 9 },
  { rows: 13, inner: 1025, columns: 128 },
  { rows: 200, inner: 3, columns: 1000 },
])('multiplies $rows x $inner x $columns', (size) => {
  for (const transposeA of [false, true]) {
    for (const transposeB of [false, true]) {
      check({ batchA: 1, batchB: 1, ...size, transposeA, transposeB });
    }
  }
});

it('gives zeros for an empty inner axis', () => {
  const product = tf.tidy(() =>
    tf
      .matMul(tf.zeros([3, 0]), tf.zeros([0, 9]))
      .dataSync()
      .slice(),
  );
  expect(product).toEqual(new Float32Array(27));
});

it('refuses shapes that do not fit', () => {
  expect(() => tf.tidy(() => tf.matMul(tf.zeros([3, 4]), tf.zeros([5, 9])))).toThrow(
    '4 columns with 5 rows',
  );
});
