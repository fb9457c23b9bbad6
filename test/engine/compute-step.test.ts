import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { compileStep, withEager } from '#engine/compute/compile-step.ts';
import type { Device } from '#engine/compute/device.ts';
import { embed, linear } from '#engine/compute/fused.ts';
import { valueAndGradients } from '#engine/compute/gradients.ts';
import { Adam } from '#engine/compute/optimisers.ts';
import { ParameterSet } from '#engine/compute/parameters.ts';
import { tf } from '#engine/compute/tf.ts';
import { nativeObstacle, nativeSuite, openNative } from './compute-device.ts';
import { disposeTraining, makeTraining, stateOf, trainingNames } from './compute-step-cases.ts';

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

describe.skipIf(nativeObstacle !== null)(nativeSuite('compileStep'), () => {
  beforeAll(async () => {
    device = await openNative();
  });

  it.each(trainingNames)('%s: recorded equals eager over steps', (name) => {
    const [recorded, eager] = [makeTraining(name), makeTraining(name)];
    const step = own(compileStep(`${name}/recorded`, recorded.body));
    const oracle = own(compileStep(`${name}/eager`, eager.body));
    for (let round = 0; round < 8; round++) {
      const losses = step.run(recorded.feeds());
      expect(step.refusal).toBeNull();
      expect(step.captured).toBe(true);
      const expected = withEager(() => oracle.run(eager.feeds()));
      expect(oracle.captured).toBe(false);
      expect(losses['loss']![0]).toBeCloseTo(expected['loss']![0]!, 5);
    }
    const [ours, theirs] = [stateOf(recorded), stateOf(eager)];
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    for (const [tensor, { data }] of Object.entries(ours)) {
      const other = theirs[tensor]!.data;
      let worst = 0;
      for (let at = 0; at < data.length; at++)
        worst = Math.max(worst, Math.abs(data[at]! - other[at]!));
      expect(worst, tensor).toBeLessThan(2e-6);
    }
    disposeTraining(recorded);
    disposeTraining(eager);
  });

  it('lets eager steps continue where recorded ones stopped, and back', () => {
    const [mixed, plain] = [makeTraining('policy'), makeTraining('policy')];
    const mixedStep = own(compileStep('mixed', mixed.body));
    const plainStep = own(compileStep('plain', plain.body));
    for (let round = 0; round < 6; round++) {
      const feeds = mixed.feeds();
      const losses = round % 2 === 0 ? mixedStep.run(feeds) : withEager(() => mixedStep.run(feeds));
      const expected = plainStep.run(plain.feeds());
      expect(losses['loss']![0]).toBeCloseTo(expected['loss']![0]!, 5);
    }
    disposeTraining(mixed);
    disposeTraining(plain);
  });

  it('shares parameters between training, acting and evaluating', () => {
    const set = own(new ParameterSet('shared'));
    const weight = set.create('weight', [2, 1], Float32Array.of(0.5, -0.5));
    const optimiser = own(new Adam('adam', set.list(), { learningRate: 0.1 }));
    const predict = (x: tf.Tensor): tf.Tensor2D =>
      linear(x as tf.Tensor2D, weight.read<tf.Rank.R2>(), null);
    const act = own(compileStep('act', ({ x }) => ({ y: predict(x!) })));
    const train = own(
      compileStep('train', ({ x }) => {
        const { outputs, gradients } = valueAndGradients(
          () => ({ loss: predict(x!).square().sum() as tf.Scalar }),
          set.list(),
        );
        optimiser.apply(gradients);
        return { loss: outputs.loss };
      }),
    );
    const feed = { x: { data: Float32Array.of(1, 2), shape: [1, 2] } };
    for (let round = 0; round < 4; round++) {
      const [first, second] = weight.values();
      expect(act.run(feed)['y']![0]).toBeCloseTo(first! + 2 * second!, 6);
      const before = weight.values();
      train.run(feed);
      expect(weight.values()).not.toEqual(before);
    }
    weight.assign(Float32Array.of(3, 4));
    expect(act.run(feed)['y']![0]).toBe(11);
  });

  it('follows a changed learning rate without recording again', () => {
    const set = own(new ParameterSet('rate'));
    const weight = set.create('weight', [1], Float32Array.of(0));
    const optimiser = own(new Adam('adam', set.list(), { learningRate: 0.5 }));
    let executions = 0;
    const step = own(
      compileStep('rate', () => {
        executions += 1;
        const { outputs, gradients } = valueAndGradients(
          () => ({ loss: weight.read().sum() as tf.Scalar }),
          set.list(),
        );
        optimiser.apply(gradients);
        return { loss: outputs.loss };
      }),
    );
    step.run({});
    expect(weight.values()[0]).toBeCloseTo(-0.5, 5);
    optimiser.learningRate = 0.25;
    step.run({});
    expect(weight.values()[0]).toBeCloseTo(-0.75, 5);
    optimiser.learningRate = 0;
    step.run({});
    expect(weight.values()[0]).toBeCloseTo(-0.75, 5);
    expect(executions).toBe(1);
  });

  it('records each set of feed shapes once', () => {
    let executions = 0;
    const step = own(
      compileStep('shapes', ({ x }) => {
        executions += 1;
        return { total: tf.sum(x!), doubled: tf.mul(x!, 2) };
      }),
    );
    for (const length of [3, 5, 3, 5, 3]) {
      const data = Float32Array.from({ length }, (_, index) => index);
      const { total, doubled } = step.run({ x: { data, shape: [length] } });
      expect(total![0]).toBe((length * (length - 1)) / 2);
      expect([...doubled!]).toEqual([...data].map((value) => 2 * value));
    }
    const { total } = step.run({ x: { data: Int32Array.of(1, 2, 3), shape: [3] } });
    expect(total).toEqual(Int32Array.of(6));
    expect(executions).toBe(3);
  });

  it('orders reads and updates as the body wrote them', () => {
    const set = own(new ParameterSet('order'));
    const value = set.create('value', [2], Float32Array.of(1, 2));
    const table = set.create('table', [2, 1], Float32Array.of(1, 2));
    const body = (): Record<string, tf.Tensor> => {
      const before = value.read();
      value.assignTensor(tf.add(before, 10));
      const between = value.read();
      value.assignTensor(tf.mul(between, 2));
      table.assignTensor(tf.reshape(value.read(), [2, 1]));
      const gathered = embed(table, tf.tensor1d([1, 0], 'int32'));
      return { before: tf.add(before, 0), between, after: value.read(), gathered };
    };
    const step = own(compileStep('order', body));
    const reset = (): void => {
      value.assign(Float32Array.of(1, 2));
      table.assign(Float32Array.of(1, 2));
    };
    const expected = { before: [1, 2], between: [11, 12], after: [22, 24], gathered: [24, 22] };
    for (let round = 0; round < 20; round++) {
      reset();
      const results = step.run({});
      expect(step.captured).toBe(true);
      for (const [name, values] of Object.entries(expected))
        expect([...results[name]!]).toEqual(values);
    }
    reset();
    const eager = withEager(() => step.run({}));
    for (const [name, values] of Object.entries(expected))
      expect([...eager[name]!]).toEqual(values);
  });

  it('gives feeds, parameters, constants and one tensor twice as outputs', () => {
    const set = own(new ParameterSet('outputs'));
    const value = set.create('value', [2], Float32Array.of(1, 2));
    const step = own(
      compileStep('outputs', ({ x }) => {
        const sum = tf.add(x!, value.read());
        return {
          x: x!,
          value: value.read(),
          constant: tf.scalar(7),
          sum,
          again: sum,
          more: tf.greater(sum, 3),
        };
      }),
    );
    for (const run of [
      () => step.run({ x: floats(2, 1) }),
      () => withEager(() => step.run({ x: floats(2, 1) })),
    ]) {
      const results = run();
      expect([...results['x']!]).toEqual([2, 1]);
      expect([...results['value']!]).toEqual([1, 2]);
      expect([...results['constant']!]).toEqual([7]);
      expect([...results['sum']!]).toEqual([3, 3]);
      expect([...results['again']!]).toEqual([3, 3]);
      expect(results['more']).toEqual(Int32Array.of(0, 0));
    }
  });

  it('does not keep or change fed arrays, and returns fresh ones', () => {
    const set = own(new ParameterSet('feeds'));
    const value = set.create('value', [64], new Float32Array(64));
    const step = own(
      compileStep('feeds', ({ x }) => {
        value.assignTensor(x!);
        return { x: x! };
      }),
    );
    const data = new Float32Array(64).fill(1);
    const first = step.run({ x: { data, shape: [64] } })['x']!;
    data.fill(2);
    expect(value.values()).toEqual(new Float32Array(64).fill(1));
    step.run({ x: { data, shape: [64] } });
    data.fill(3);
    first.fill(9);
    expect(value.values()).toEqual(new Float32Array(64).fill(2));
    withEager(() => step.run({ x: { data, shape: [64] } }))['x']!.fill(8);
    expect(data).toEqual(new Float32Array(64).fill(3));
    expect(value.values()).toEqual(new Float32Array(64).fill(3));
  });

  it('leaves parameters that the loss does not touch alone', () => {
    const set = own(new ParameterSet('untouched'));
    const used = set.create('used', [1], Float32Array.of(1));
    const unused = set.create('unused', [1], Float32Array.of(1));
    const optimiser = own(new Adam('adam', set.list(), { learningRate: 0.1 }));
    const step = own(
      compileStep('untouched', () => {
        const { outputs, gradients } = valueAndGradients(
          () => ({ loss: used.read().square().sum() as tf.Scalar }),
          set.list(),
        );
        optimiser.apply(gradients);
        return { loss: outputs.loss };
      }),
    );
    step.run({});
    expect(used.values()[0]).toBeCloseTo(0.9, 5);
    expect(unused.values()[0]).toBe(1);
  });

  it('names the step when TensorFlow fails, and goes on', () => {
    const set = own(new ParameterSet('failing'));
    const table = set.create('table', [3, 1], Float32Array.of(1, 2, 3));
    const step = own(
      compileStep('look-up', ({ ids }) => ({ rows: table.gather(ids as tf.Tensor1D) })),
    );
    const run = (...ids: number[]): number[] => [
      ...step.run({ ids: { data: Int32Array.from(ids), shape: [ids.length] } })['rows']!,
    ];
    expect(() => run(7, 0)).toThrow(/look-up.*7/s);
    expect(run(2, 0)).toEqual([3, 1]);
    const tensors = device.tensorCount();
    expect(() => run(0, 7)).toThrow(/look-up.*7/s);
    expect(device.tensorCount()).toBe(tensors);
    expect(run(1, 1)).toEqual([2, 2]);
  });

  it('refuses arrays that do not fill their shape', () => {
    const step = own(compileStep('sizes', ({ x }) => ({ x: x! })));
    expect(() => step.run({ x: { data: new Float32Array(3), shape: [2, 2] } })).toThrow(/3 values/);
  });
});
