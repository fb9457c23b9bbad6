import { describe, expect, it } from 'vitest';
import { resolveProtocol } from '../../../src-main/engine/evaluation/protocol.ts';
import { scoreReferences } from '../../../src-main/engine/evaluation/reference.ts';
import { coat } from '../../support/coat.ts';

describe('reference policies on Coat, NX_0', () => {
  it.skipIf(coat === null)('have the known scores', async () => {
    const scores = await scoreReferences(await coat!(), resolveProtocol('nx0'), {
      episodes: 10_000,
      seed: 0,
    });
    const rTra = Object.fromEntries(scores.map((score) => [score.policy, score.rTra]));
    expect(rTra['item-mean']!.toFixed(2)).toBe('78.40');
    expect(rTra['best-fixed-list']!.toFixed(2)).toBe('84.11');
    expect(rTra['oracle']!.toFixed(2)).toBe('88.15');
    expect(Math.abs(rTra['random']! - 67.03)).toBeLessThan(0.5);
    // Known as 71.51; items of equal exposure may be listed in another order.
    expect(Math.abs(rTra['popular']! - 71.51)).toBeLessThan(0.5);
    expect(rTra['user-item-bias']!.toFixed(2)).toBe('79.49');
    for (const score of scores) expect(score.length).toBe(30);
    const random = scores.find((score) => score.policy === 'random')!;
    expect(random.episodes).toBeGreaterThanOrEqual(10_000);
  });
});
