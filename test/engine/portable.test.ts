import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDevice, type Device } from '#engine/compute/device.ts';
import { findAddon } from '#engine/compute/native/find-addon.ts';
import { loadNativeBackend } from '#engine/compute/native/load.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import { operationCases } from './portable-cases.ts';
import { dilatedCausal, forwardCases } from './portable-forward-cases.ts';
import type { OperationCase } from './portable-operands.ts';

const addon = await findAddon(false).catch(() => null);
const request = { device: 'portable', threads: 1, xla: false } as const;
let device: Device;

beforeAll(async () => {
  if (addon !== null && existsSync(addon)) loadNativeBackend(addon, request);
  device = await openDevice(request);
  // The plain JavaScript backend advertises the native package otherwise.
  tf.env().set('PROD', true);
});

afterAll(() => {
  device.close();
});

/** Switches at once: each backend used here is already running. */
function useBackend(name: string): void {
  void tf.setBackend(name);
}

interface Evaluation {
  shape: number[];
  value: number[];
  gradients: number[][];
}

function tensorsOf(operation: OperationCase): tf.Tensor[] {
  const stream = new RandomStreams(7).stream(operation.name);
  const [low, high] = operation.range ?? [-1.5, 1.5];
  return operation.shapes.map((shape) => {
    const values = new Float32Array(tf.util.sizeFromShape([...shape]));
    stream.fillUniform(values);
    return tf.tensor(
      values.map((value) => low + (high - low) * value),
      [...shape],
    );
  });
}

/** The value, and the gradient by each input of the value's sum under fixed, uneven weights. */
function evaluate(operation: OperationCase, backend: string): Evaluation {
  useBackend(backend);
  try {
    return tf.tidy(() => {
      const inputs = tensorsOf(operation);
      const value = operation.run(...inputs);
      const weights = Float32Array.from({ length: value.size }, (_, n) => 1 + ((n * 7) % 5) / 4);
      const slope = tf.tensor(weights, value.shape);
      const gradients = tf.grads(operation.run as (...x: tf.Tensor[]) => tf.Tensor)(inputs, slope);
      return {
        shape: value.shape,
        value: [...value.dataSync()],
        gradients: gradients.map((gradient) => [...gradient.dataSync()]),
      };
    });
  } finally {
    useBackend('wasm');
  }
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, index) => {
    const wanted = expected[index] ?? NaN;
    const distance = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
    expect(distance, `element ${index}: ${value} instead of ${wanted}`).toBeLessThan(2e-5);
  });
}

function expectSame(actual: Evaluation, expected: Evaluation): void {
  expect(actual.shape).toEqual(expected.shape);
  expectClose(actual.value, expected.value);
  expect(actual.gradients.length).toBe(expected.gradients.length);
  actual.gradients.forEach((gradient, n) => expectClose(gradient, expected.gradients[n] ?? []));
}

describe.each(operationCases)('$name', (operation) => {
  it('agrees with plain JavaScript in value and gradients', () => {
    expectSame(evaluate(operation, 'wasm'), evaluate(operation, 'cpu'));
  });

  it.skipIf(addon === null || operation.native === false)(
    'agrees with the native library in value and gradients',
    () => {
      expectSame(evaluate(operation, 'wasm'), evaluate(operation, 'tensorflow'));
    },
  );

  it('gives the same bits again and leaves no tensor behind', () => {
    const first = evaluate(operation, 'wasm');
    const before = [device.tensorCount(), tf.backend().numDataIds()];
    expect(evaluate(operation, 'wasm')).toEqual(first);
    expect([device.tensorCount(), tf.backend().numDataIds()]).toEqual(before);
  });
});

describe.each(forwardCases)('forward only: $name', (operation) => {
  const forward = (backend: string): Evaluation => {
    useBackend(backend);
    try {
      return tf.tidy(() => {
        const value = operation.run(...tensorsOf(operation));
        return { shape: value.shape, value: [...value.dataSync()], gradients: [] };
      });
    } finally {
      useBackend('wasm');
    }
  };

  it('agrees with plain JavaScript', () => {
    expectSame(forward('wasm'), forward('cpu'));
  });

  it.skipIf(addon === null)('agrees with the native library', () => {
    expectSame(forward('wasm'), forward('tensorflow'));
  });
});

describe.each([1, 2, 4])('a causal convolution with dilation %i', (dilation) => {
  const shapes = [
    [2, 7, 3],
    [3, 3, 4],
  ];
  const { direct, composed } = dilatedCausal(dilation);
  const operation = (run: typeof direct): OperationCase => ({
    name: 'dilated',
    shapes,
    run: (x, w) => run(x as tf.Tensor, w as tf.Tensor),
  });

  it('has the value and the gradients of shifted copies', () => {
    expectSame(evaluate(operation(direct), 'wasm'), evaluate(operation(composed), 'cpu'));
  });
});

describe('the process', () => {
  it('keeps its own handling of uncaught errors and ends by itself', () => {
    const program = `
      const { openDevice } = await import('#engine/compute/device.ts');
      await openDevice({ device: 'portable', threads: 1, xla: false });
      const counts = ['uncaughtException', 'unhandledRejection'].map((e) => process.listenerCount(e));
      process.stdout.write(JSON.stringify(counts));
    `;
    const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect({ status: child.status, out: child.stdout, error: child.stderr }).toEqual({
      status: 0,
      out: '[0,0]',
      error: '',
    });
  });
});
