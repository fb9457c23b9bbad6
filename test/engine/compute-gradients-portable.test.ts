import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '#engine/compute/device.ts';
import { evaluate, expectClose, followPath, makers, stored } from './compute-operation-cases.ts';

beforeAll(async () => {
  const device = await openDevice({ device: 'portable', threads: 1, xla: false });
  expect(device.info.device).toBe('portable');
});

describe('fused operations, portable', () => {
  it.each(stored.cases)('$name $options: value and gradients as PyTorch', (entry) => {
    const { value, gradients } = evaluate(entry);
    expectClose(value, entry.value);
    for (const [name, expected] of Object.entries(entry.gradients)) {
      expectClose(gradients.get(name)!, expected);
    }
  });
});

describe('optimisers, portable', () => {
  it.each(Object.keys(makers))('%s follows PyTorch’s path', followPath);
});
