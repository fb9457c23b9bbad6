import { describe, expect, it } from 'vitest';
import type { FeatureColumn } from '../../../src-main/engine/data/dataset.ts';
import { aggregate } from '../../../src-main/engine/evaluation/aggregation.ts';
import { dominatedTags, evaluateEpisodes } from '../../../src-main/engine/evaluation/metrics.ts';
import { protocolHash, resolveProtocol } from '../../../src-main/engine/evaluation/protocol.ts';

describe('dominated tags', () => {
  it('keep shares until the sum first exceeds the top rate', () => {
    expect([...dominatedTags([50, 25, 15, 10])]).toEqual([0, 1]);
    expect([...dominatedTags([10, 15, 25, 50])]).toEqual([3, 2]);
  });

  it('keep at least one, and a sum that equals the rate', () => {
    expect([...dominatedTags([95, 5])]).toEqual([0]);
    expect([...dominatedTags([50, 30, 20])]).toEqual([0, 1]);
  });
});

describe('metrics of episodes', () => {
  const tags: FeatureColumn = {
    name: 'tag',
    size: 2,
    values: Int32Array.from([0, 1, 1, 0]),
    offsets: Int32Array.from([0, 1, 2, 3, 4]),
  };
  const log = {
    maxLength: 3,
    users: Int32Array.from([0, 1]),
    lengths: Int32Array.from([3, 1]),
    itemsET: Int32Array.from([0, 1, 2, 0, 9, 9]),
    rewardsET: Float32Array.from([1, 2, 3, 4, 99, 99]),
  };
  const metrics = evaluateEpisodes(log, {
    items: 4,
    novelty: Float64Array.from([1, 2, 3, 4]),
    tags,
    dominated: new Set([0]),
  });

  it('R_each is a ratio of sums, not a mean of ratios', () => {
    expect(metrics.rTra).toBe(5);
    expect(metrics.length).toBe(2);
    expect(metrics.rEach).toBe(2.5);
  });

  it('coverage counts distinct items, novelty and MCD every recommendation', () => {
    expect(metrics.coverage).toBe(0.75);
    expect(metrics.coverageTurn).toBe(0.75);
    expect(metrics.novelty).toBe((1 + 2 + 3 + 1) / 4);
    expect(metrics.mcd).toBe(0.5);
    expect(metrics.returnStd).toBeCloseTo(Math.SQRT2, 12);
  });
});

describe('aggregations', () => {
  const epochs = [1, 2, 3, 4, 5, 6, 7, 8];
  it('are told apart by name', () => {
    expect(aggregate(epochs, 10, 'all-epochs')).toBe(4.5);
    expect(aggregate(epochs, 10, 'last-quarter')).toBe(7.5);
    expect(aggregate(epochs, 10, 'final')).toBe(10);
    expect(aggregate(epochs, null, 'final')).toBe(8);
    expect(aggregate([], null, 'all-epochs')).toBeNull();
  });
});

describe('protocols', () => {
  it('equal rules have equal hashes, however they were written', () => {
    const named = protocolHash(resolveProtocol('nx0'));
    expect(protocolHash(resolveProtocol({ repeats: 'removed' }))).toBe(named);
    expect(protocolHash(resolveProtocol({ preset: 'nx0', episodes: 100 }))).toBe(named);
    expect(protocolHash(resolveProtocol('fb'))).not.toBe(named);
  });

  it('presets can be changed field by field', () => {
    const protocol = resolveProtocol({ preset: 'nx10', episodes: 7 });
    expect([protocol.ignoreExit, protocol.maxLength, protocol.episodes]).toEqual([true, 10, 7]);
  });
});
