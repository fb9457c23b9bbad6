import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compileStep, type CompiledStep } from '#engine/compute/compile-step.ts';
import type { Device } from '#engine/compute/device.ts';
import { ParameterSet } from '#engine/compute/parameters.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import { nativeObstacle, nativeSuite, openNative } from './compute-device.ts';

let device: Device;
const owned: { dispose(): void }[] = [];

/** Registers what a test made; it is disposed afterwards, last first. */
function own<Owned extends { dispose(): void }>(thing: Owned): Owned {
  owned.push(thing);
  return thing;
}

afterEach(() => {
  for (const thing of owned.reverse()) thing.dispose();
  owned.length = 0;
});

const floats = (...values: number[]): { data: Float32Array; shape: number[] } => ({
  data: Float32Array.from(values),
  shape: [values.length],
});

describe.skipIf(nativeObstacle !== null)(nativeSuite('what compileStep refuses'), () => {
  beforeAll(async () => {
    device = await openNative();
  });

  /** Runs a body that cannot be recorded; it must run eagerly, leak nothing and say why. */
  function expectRefusal(
    step: CompiledStep,
    reason: RegExp,
  ): Record<string, Float32Array | Int32Array> {
    own(step);
    const results = step.run({ x: floats(1, 2) });
    expect(step.captured).toBe(false);
    expect(step.refusal).toMatch(reason);
    const tensors = device.tensorCount();
    step.run({ x: floats(1, 2) });
    expect(device.tensorCount()).toBe(tensors);
    return results;
  }

  it('random tensors', () => {
    const step = compileStep('random', ({ x }) => ({ y: tf.add(x!, tf.randomUniform([2], 5, 6)) }));
    const { y } = expectRefusal(step, /random numbers in randomUniform/);
    expect(y![0]).toBeGreaterThanOrEqual(6);
    const other = step.run({ x: floats(1, 2) })['y']!;
    expect(other[0]).not.toBe(y![0]);
  });

  it('random operations', () => {
    const step = compileStep('multinomial', ({ x }) => ({
      y: tf.multinomial(tf.reshape(x!, [1, 2]) as tf.Tensor2D, 3),
    }));
    expectRefusal(step, /random numbers in multinomial/);
    const seeded = compileStep('seeded', ({ x }) => ({
      y: tf.multinomial(tf.reshape(x!, [1, 2]) as tf.Tensor2D, 3, 7),
    }));
    expectRefusal(seeded, /random operation Multinomial/);
  });

  it('numbers from a run’s stream', () => {
    const stream = new RandomStreams(1).stream('noise');
    const step = compileStep('stream', ({ x }) => ({ y: tf.mul(x!, stream.uniform()) }));
    const { y } = expectRefusal(step, /stream noise/);
    expect(y![0]).toBe(Math.fround(new RandomStreams(1).stream('noise').uniform()));
  });

  it('reading values back', () => {
    const step = compileStep('readback', ({ x }) => ({
      y: x!.dataSync()[0]! > 0 ? tf.mul(x!, 2) : x!,
    }));
    const { y } = expectRefusal(step, /reads a value back/);
    expect([...y!]).toEqual([2, 4]);
  });

  it('tensors made outside, used before or not', () => {
    const fresh = tf.tensor1d([1, 1]);
    const used = tf.tensor1d([2, 2]);
    used.add(1).dispose();
    const outside = /created outside the body/;
    expectRefusal(
      compileStep('fresh', ({ x }) => ({ y: tf.add(x!, fresh) })),
      outside,
    );
    const { y } = expectRefusal(
      compileStep('used', ({ x }) => ({ y: tf.add(x!, used) })),
      outside,
    );
    expect([...y!]).toEqual([3, 4]);
    tf.dispose([fresh, used]);
  });

  it('outputs whose shape depends on values', () => {
    const step = compileStep('unique', ({ x }) => ({ y: tf.unique(x as tf.Tensor1D).values }));
    expectRefusal(step, /Unique.*shape/);
  });

  it('parameters made, assigned from JavaScript or read back inside the body', () => {
    const set = own(new ParameterSet('inside'));
    const value = set.create('value', [1], Float32Array.of(1));
    expectRefusal(
      compileStep('assign', ({ x }) => {
        value.assign(Float32Array.of(5));
        return { y: tf.add(x!, value.read()) };
      }),
      /assigns JavaScript values to inside\/value/,
    );
    expectRefusal(
      compileStep('values', ({ x }) => ({ y: tf.mul(x!, value.values()[0]!) })),
      /reads back the values of inside\/value/,
    );
  });

  it('running another step inside', () => {
    const inner = own(compileStep('inner', ({ x }) => ({ y: tf.mul(x!, 2) })));
    const step = compileStep('outer', ({ x }) => {
      const values = Float32Array.of(1, 2);
      const { y } = inner.run({ x: { data: values, shape: [2] } });
      return { y: tf.add(x!, tf.tensor1d(y as Float32Array)) };
    });
    const { y } = expectRefusal(step, /runs the step inner inside another/);
    expect([...y!]).toEqual([3, 6]);
  });

  it('leaves updates undone that were recorded before the refusal', () => {
    const set = own(new ParameterSet('undone'));
    const value = set.create('value', [1], Float32Array.of(1));
    const step = own(
      compileStep('undone', ({ x }) => {
        value.assignTensor(tf.add(value.read(), 1));
        return { y: tf.mul(x!, x!.dataSync()[0]!) };
      }),
    );
    step.run({ x: floats(1) });
    expect(step.captured).toBe(false);
    expect(value.values()[0]).toBe(2);
  });

  it('an error of the body stays an error', () => {
    const step = own(
      compileStep('broken', () => {
        throw new Error('no such layer');
      }),
    );
    expect(() => step.run({})).toThrow('no such layer');
    const fine = own(compileStep('fine', ({ x }) => ({ y: tf.add(x!, 1) })));
    expect([...fine.run({ x: floats(1) })['y']!]).toEqual([2]);
    expect(fine.captured).toBe(true);
  });
});
