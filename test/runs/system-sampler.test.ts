import { describe, expect, it } from 'vitest';
import { SystemSampler } from '#hosts/system-sampler.ts';

describe('system samples', () => {
  it('come every two seconds and tell what the process takes', () => {
    const begin = performance.now();
    const sampler = new SystemSampler();
    expect(sampler.sample(begin + 1900, 7)).toEqual([]);
    const sample = Object.fromEntries(sampler.sample(begin + 4000, 7));
    expect(Object.keys(sample)).toEqual([
      'system/cpuPercent',
      'system/memoryMiB',
      'system/tensors',
    ]);
    expect(sample['system/tensors']).toBe(7);
    expect(sample['system/memoryMiB']).toBeGreaterThan(10);
    expect(sample['system/cpuPercent']).toBeGreaterThanOrEqual(0);
    expect(sampler.sample(begin + 5500, 7)).toEqual([]);
    expect(sampler.sample(begin + 6100, 8)).toHaveLength(3);
  });
});
