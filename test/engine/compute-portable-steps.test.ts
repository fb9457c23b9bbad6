import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileStep } from '#engine/compute/compile-step.ts';
import { openDevice, type Device } from '#engine/compute/device.ts';
import { ParameterSet } from '#engine/compute/parameters.ts';
import { tf } from '#engine/compute/tf.ts';
import { nativeObstacle, nativeSuite } from './compute-device.ts';
import { disposeTraining, makeTraining, trainingNames } from './compute-step-cases.ts';

const script = fileURLToPath(new URL('../fixtures/compute/train-losses.ts', import.meta.url));

function lossesOn(device: string): Record<string, number[]> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, device], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, number[]>;
}

describe.skipIf(nativeObstacle !== null)(nativeSuite('the portable device'), () => {
  it('trains every test model as the native one does', () => {
    const [portable, native] = [lossesOn('portable'), lossesOn('native-cpu')];
    for (const name of trainingNames) {
      for (const [step, loss] of portable[name]!.entries()) {
        expect(Math.abs(loss - native[name]![step]!), `${name}, step ${step}`).toBeLessThan(
          1e-4 * Math.max(1, Math.abs(loss)),
        );
      }
    }
  }, 240_000);
});

describe('steps on the portable device', () => {
  let device: Device;
  beforeAll(async () => {
    device = await openDevice({ device: 'portable', threads: 1, xla: false });
  });

  it('run eagerly, see their own updates and keep what was read before', () => {
    const set = new ParameterSet('order');
    const value = set.create('value', [2], Float32Array.of(1, 2));
    const step = compileStep('order', ({ x }) => {
      const before = value.read();
      value.assignTensor(tf.add(before, x!));
      return { before, after: value.read(), x: x! };
    });
    const data = Float32Array.of(10, 20);
    const results = step.run({ x: { data, shape: [2] } });
    expect(step.captured).toBe(false);
    expect([...results['before']!]).toEqual([1, 2]);
    expect([...results['after']!]).toEqual([11, 22]);
    data.fill(0);
    expect([...value.values()]).toEqual([11, 22]);
    expect([...results['x']!]).toEqual([10, 20]);
    set.dispose();
  });

  it('leak no tensor', () => {
    const training = makeTraining('recurrent');
    const step = compileStep('leak', training.body);
    step.run(training.feeds());
    const tensors = device.tensorCount();
    for (let round = 0; round < 20; round++) step.run(training.feeds());
    expect(device.tensorCount()).toBe(tensors);
    step.dispose();
    disposeTraining(training);
  });

  it('continue from saved values and slots with the same bits', () => {
    const run = (interruptAt: number): Float32Array => {
      let training = makeTraining('policy');
      const { feeds } = training;
      let step = compileStep('resume', training.body);
      for (let round = 0; round < 6; round++) {
        if (round === interruptAt) {
          const [weights, slots] = [training.parameters.tensors(), training.optimiser.tensors()];
          disposeTraining(training);
          training = makeTraining('policy', 7);
          training.parameters.load(weights);
          training.optimiser.load(slots);
          step = compileStep('resumed', training.body);
        }
        step.run(feeds());
      }
      const values = training.parameters.get('head/weight').values();
      disposeTraining(training);
      return values;
    };
    expect(run(3)).toEqual(run(-1));
  });
});
