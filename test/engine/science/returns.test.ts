import { describe, expect, it } from 'vitest';
import { lambdaReturns, mergedMinibatches } from '../../../src-main/engine/agents/returns.ts';

const round = (values: Float32Array) =>
  Array.from(values, (value) => Math.round(value * 1e6) / 1e6);

describe('λ-returns', () => {
  it('λ = 1 gives Monte-Carlo returns', () => {
    const returns = lambdaReturns(
      Float32Array.from([1, 1, 1]),
      new Float32Array(3),
      Int32Array.from([3]),
      3,
      { gamma: 0.9, lambda: 1 },
    );
    expect(round(returns)).toEqual([2.71, 1.9, 1]);
  });

  it('λ = 1 gives the same returns whatever the values are', () => {
    const returns = lambdaReturns(
      Float32Array.from([1, 1, 1]),
      Float32Array.from([5, -3, 2]),
      Int32Array.from([3]),
      3,
      { gamma: 0.9, lambda: 1 },
    );
    expect(round(returns)).toEqual([2.71, 1.9, 1]);
  });

  it('λ = 0 gives one-step targets, 0 after the end', () => {
    const returns = lambdaReturns(
      Float32Array.from([1, 2, 3]),
      Float32Array.from([10, 20, 30]),
      Int32Array.from([3]),
      3,
      { gamma: 0.5, lambda: 0 },
    );
    expect(round(returns)).toEqual([1 + 0.5 * 20, 2 + 0.5 * 30, 3]);
  });

  it('episodes of unequal length do not mix', () => {
    const returns = lambdaReturns(
      Float32Array.from([1, 9, 1, 1]),
      new Float32Array(4),
      Int32Array.from([1, 2]),
      2,
      { gamma: 1, lambda: 1 },
    );
    expect(round(returns)).toEqual([1, 0, 2, 1]);
  });
});

describe('minibatches', () => {
  it('merge a short tail into the last one', () => {
    expect(mergedMinibatches(3000, 1024)).toEqual([1024, 1976]);
    expect(mergedMinibatches(1500, 1024)).toEqual([1500]);
    expect(mergedMinibatches(2048, 1024)).toEqual([1024, 1024]);
    expect(mergedMinibatches(100, 1024)).toEqual([100]);
    expect(mergedMinibatches(0, 1024)).toEqual([]);
  });
});
