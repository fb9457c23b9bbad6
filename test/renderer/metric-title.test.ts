import { describe, expect, it } from 'vitest';
import { evaluationMetricInfos } from '#engine/evaluation/metric-infos.ts';
import { metricTitle } from '#renderer/lib/metric-title.ts';

describe('titles of metrics', () => {
  it('are those of tables, for every metric of an evaluation', () => {
    for (const { metric, title } of evaluationMetricInfos) {
      expect(metricTitle(metric)).toBe(title);
      expect(metricTitle(`eval/${metric}`)).toBe(title);
    }
    expect(metricTitle('eval/rTra')).toBe('R_tra');
  });

  it('tell an evaluation at the end from those on the way', () => {
    expect(metricTitle('final/length')).toBe('Length at the end');
  });

  it('are the names of what has none', () => {
    for (const name of ['train/loss', 'train/length', 'loss', 'eval/unknown', 'a/b/rTra', '']) {
      expect(metricTitle(name)).toBe(name);
    }
  });
});
