import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileStep } from '#engine/compute/compile-step.ts';
import { greedy, maskedLogits, maskShown, sampleCategorical } from '#engine/compute/fused.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import { nativeObstacle, nativeSuite, openNative } from './compute-device.ts';

/** Draws one action for each uniform, all rows with the same logits. */
function draw(logits: number[], allowed: number[], uniforms: Float32Array): Int32Array {
  return tf.tidy(() => {
    const rows = tf.tile(tf.tensor2d(logits, [1, logits.length]), [uniforms.length, 1]);
    const masks = tf.tile(tf.tensor2d(allowed, [1, allowed.length]), [uniforms.length, 1]);
    const masked = maskedLogits(rows as tf.Tensor2D, masks as tf.Tensor2D);
    const actions = sampleCategorical(masked, tf.tensor1d(uniforms));
    return Int32Array.from(actions.dataSync());
  });
}

const edges = Float32Array.of(
  0,
  2 ** -24,
  0.25,
  0.5,
  0.75,
  1 - 2 ** -20,
  1 - 2 ** -23,
  1 - 2 ** -24,
);

describe.skipIf(nativeObstacle !== null)(nativeSuite('sampling actions'), () => {
  beforeAll(async () => {
    await openNative();
  });

  it('inverts the distribution function', () => {
    const logits = [0.1, 0.2, 0.3, 0.4].map(Math.log);
    const uniforms = Float32Array.of(0, 0.05, 0.099, 0.101, 0.299, 0.301, 0.599, 0.601, 0.9999999);
    expect([...draw(logits, [1, 1, 1, 1], uniforms)]).toEqual([0, 0, 0, 1, 1, 2, 2, 3, 3]);
    expect([...draw(logits, [1, 0, 1, 0], uniforms)]).toEqual([0, 0, 0, 0, 2, 2, 2, 2, 2]);
  });

  it('draws with the frequencies of the softmax', () => {
    const logits = [1.5, -0.5, 0, 0.7, -2];
    const masses = logits.map(Math.exp);
    const allowed = [1, 1, 0, 1, 1];
    const total = masses.reduce((sum, mass, action) => sum + mass * allowed[action]!, 0);
    const uniforms = new Float32Array(40_000);
    new RandomStreams(5).stream('actions').fillUniform(uniforms);
    const counts = new Int32Array(logits.length);
    for (const action of draw(logits, allowed, uniforms)) counts[action]! += 1;
    for (const [action, mass] of masses.entries()) {
      const share = (allowed[action]! * mass) / total;
      const deviation = Math.sqrt((share * (1 - share)) / uniforms.length);
      expect(Math.abs(counts[action]! / uniforms.length - share)).toBeLessThanOrEqual(
        5 * deviation,
      );
    }
  });

  it('never draws a masked action, and any action where all are masked', () => {
    const cases = fc.integer({ min: 1, max: 40 }).chain((actions) =>
      fc.record({
        logits: fc.array(fc.float({ min: -80, max: 80, noNaN: true }), {
          minLength: actions,
          maxLength: actions,
        }),
        allowed: fc.array(fc.integer({ min: 0, max: 1 }), {
          minLength: actions,
          maxLength: actions,
        }),
        uniforms: fc.array(fc.integer({ min: 0, max: 2 ** 24 - 1 }), {
          minLength: 1,
          maxLength: 20,
        }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ logits, allowed, uniforms }) => {
        const values = Float32Array.of(...edges, ...uniforms.map((value) => value * 2 ** -24));
        const none = allowed.every((mark) => mark === 0);
        for (const action of draw(logits, allowed, values)) {
          expect(action).toBeGreaterThanOrEqual(0);
          expect(action).toBeLessThan(logits.length);
          if (!none) expect(allowed[action]).toBe(1);
        }
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  it('never draws a masked action among many', () => {
    const stream = new RandomStreams(3).stream('many');
    const [actions, rows] = [20_000, 200];
    const uniforms = new Float32Array(rows);
    stream.fillUniform(uniforms);
    uniforms.set(edges);
    const logits = Array.from({ length: actions }, () => stream.normal());
    const allowed = Array.from({ length: actions }, (_, action) => (action % 7 === 3 ? 1 : 0));
    for (const action of draw(logits, allowed, uniforms)) expect(action % 7).toBe(3);
  });

  it('is uniform over all actions where everything is masked', () => {
    const uniforms = Float32Array.of(0, 0.24, 0.26, 0.49, 0.51, 0.74, 0.76, 0.999999);
    expect([...draw([5, -3, 0, 9], [0, 0, 0, 0], uniforms)]).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });

  it('masks listed actions, filled-up and repeated ones included', () => {
    const step = compileStep('shown', ({ logits, shown, uniforms }) => {
      const masked = maskShown(logits as tf.Tensor2D, shown as tf.Tensor2D);
      return { actions: sampleCategorical(masked, uniforms as tf.Tensor1D), best: greedy(masked) };
    });
    const feeds = {
      logits: { data: Float32Array.of(9, 8, 1, 2, 9, 8, 1, 2, 9, 8, 1, 2), shape: [3, 4] },
      shown: { data: Int32Array.of(0, 1, 4, 0, 0, 0, 4, 4, 4), shape: [3, 3] },
      uniforms: { data: Float32Array.of(0, 0, 0), shape: [3] },
    };
    const { actions, best } = step.run(feeds);
    expect(step.captured).toBe(true);
    expect([...actions!]).toEqual([2, 1, 0]);
    expect([...best!]).toEqual([3, 1, 0]);
    step.dispose();
  });

  it('takes the first of equal logits greedily', () => {
    const best = tf.tidy(() => [
      ...greedy(
        tf.tensor2d([
          [1, 3, 3],
          [2, 2, 2],
        ]),
      ).dataSync(),
    ]);
    expect(best).toEqual([1, 0]);
  });
});
