import { describe, expect, it } from 'vitest';
import { protocolPresets, protocolSchema } from '#contract/protocol.ts';
import type { TableEntry } from '#contract/routes/tables.ts';
import { recentResults } from '#renderer/lib/recent-results.ts';

function entry(experiment: string, label: string, values: readonly number[]): TableEntry {
  return {
    experiment,
    dataset: 'coat',
    datasetChecksum: 'e'.repeat(64),
    datasetKind: 'coat',
    groundTruth: 'supplied',
    method: label,
    reconstruction: false,
    label,
    cellHash: `${experiment} ${label}`,
    protocolHash: 'p',
    protocol: protocolSchema.parse(protocolPresets.nx0),
    metric: 'rTra',
    aggregation: 'all-epochs',
    reference: false,
    values: values.map((value, seed) => ({ run: 'r', seed, status: 'done', value })),
  };
}

describe('recent results', () => {
  it('stand beside the best reference of their dataset and protocol, whichever experiment it is told with', () => {
    const reference = (label: string, value: number): TableEntry => ({
      ...entry('first', label, [value]),
      reference: true,
    });
    const results = recentResults([
      entry('first', 'DORL', [70, 74]),
      entry('first', 'MBPO', [71, 71]),
      entry('second', 'MOPO', [60]),
      reference('Random', 66),
      reference('Item mean', 78),
      reference('Oracle', 88),
    ]);
    expect(
      results.map(({ experiment, best, methods, reference: beside }) => [
        experiment,
        best.label,
        best.mean,
        methods,
        beside?.label,
      ]),
    ).toEqual([
      ['first', 'DORL', 72, 2, 'Item mean'],
      ['second', 'MOPO', 60, 1, 'Item mean'],
    ]);
  });
});
