import { describe, expect, it } from 'vitest';
import type { RunRow } from '#contract/routes/runs.ts';
import type { MetricSummary } from '#contract/run.ts';
import { bootstrapDifference } from '#report/statistics/bootstrap.ts';
import { seededIndices } from '#report/statistics/random-index.ts';
import type { MetricInfo } from '#report/table-model.ts';
import { diffGroups, sectionsOf, withoutNames } from '#renderer/lib/compare-diff.ts';
import { comparisonFile, paperTable } from '#renderer/lib/compare-exports.ts';
import { finalSections } from '#renderer/lib/compare-final-rows.ts';
import {
  comparableBlocks,
  compareAll,
  groupResult,
  quantityOf,
  valueOf,
  type Summaries,
} from '#renderer/lib/compare-final.ts';
import { groupRuns, showGroups } from '#renderer/lib/compare-groups.ts';
import { withMoreSeeds } from '#renderer/lib/compare-seeds.ts';
import {
  coverageNote,
  differenceText,
  intervalText,
  isSignificant,
  leftOutTexts,
} from '#renderer/lib/compare-text.ts';
import { experimentFileSchema } from '#contract/experiment.ts';
import { runRow } from './rows.ts';

function summary(metric: string, change: Partial<MetricSummary>): MetricSummary {
  const none = { last: null, min: null, max: null, mean: null, std: null, lastQuarter: null };
  return { metric, count: 4, finite: 4, ...none, best: null, bestStep: null, ...change };
}

/** Three methods with a value a seed; the third diverged once and has one run without a value. */
const values: Readonly<Record<string, readonly (number | null)[]>> = {
  A: [70.1, 71.3, 69.8, 70.9, 70.4],
  B: [72.4, 73.1, 71.9, 72.8, 73.6],
  C: [70.2, 70.9, Number.NaN, null, 70.6],
};
const rows = Object.entries(values).flatMap(([label, own]) =>
  own.map((_, seed) => ({ ...runRow({ label, seed }), specHash: `${label} ${String(seed)}` })),
);
const summaries: Summaries = new Map(
  rows.map((row) => {
    const value = values[row.label]?.[row.spec.seed] ?? null;
    const found = value === null ? [] : [summary('final/rTra', { last: value })];
    return [row.id, new Map(found.map((each) => [each.metric, each]))];
  }),
);
const groups = showGroups(groupRuns(rows, ['label']), {}, null);
const rTra = { metric: 'rTra', title: 'R_tra', direction: 'max', digits: 2 } as const;
const choice = {
  metrics: [rTra],
  condensation: 'final',
  unfinished: false,
  baseline: groups[0]?.id ?? null,
  published: [],
  setting: null,
} as const;

describe('a run’s number', () => {
  const own = new Map([
    ['eval/rTra', summary('eval/rTra', { last: 5, mean: 3, lastQuarter: 4, best: 6 })],
    ['final/rTra', summary('final/rTra', { last: 7, mean: 7 })],
    ['train/loss', summary('train/loss', { last: 1, mean: 2, finite: 3 })],
  ]);

  it('comes from the final evaluation, or from the points along training', () => {
    expect(valueOf(own, 'rTra', 'final')).toBe(7);
    expect(valueOf(own, 'rTra', 'all-epochs')).toBe(3);
    expect(valueOf(own, 'rTra', 'last-quarter')).toBe(4);
    expect(valueOf(own, 'rTra', 'best')).toBe(6);
    expect(valueOf(own, 'train/loss', 'final')).toBe(1);
  });

  it('is NaN where points were not finite, and null where there are none', () => {
    expect(valueOf(own, 'train/loss', 'all-epochs')).toBeNaN();
    expect(valueOf(own, 'length', 'final')).toBeNull();
    expect(valueOf(undefined, 'rTra', 'final')).toBeNull();
  });

  it('goes by one name along training and at its end', () => {
    expect(quantityOf('eval/rTra')).toBe('rTra');
    expect(quantityOf('final/rTra')).toBe('rTra');
    expect(quantityOf('final/diagnostics/optimism')).toBe('final/diagnostics/optimism');
    expect(quantityOf('train/loss')).toBe('train/loss');
  });
});

describe('the final table', () => {
  const [section] = finalSections({ groups }, summaries, choice);
  const [a, b, c] = section?.rows ?? [];

  it('counts what is missing or diverged and leaves it out', () => {
    expect(c?.result).toMatchObject({ values: [70.2, 70.9, 70.6], missing: 1, diverged: 1 });
    expect(a?.result.mean).toBeCloseTo(70.5, 12);
  });

  it('compares every group with the baseline, as SciPy does', () => {
    expect(a?.comparison).toBeNull();
    // scipy.stats.ttest_ind(B, A, equal_var=False), mannwhitneyu(B, A, method='exact')
    expect(b?.comparison?.difference).toBeCloseTo(2.26, 12);
    expect(b?.comparison?.welchP).toBeCloseTo(0.00046724541154179666, 12);
    expect(b?.comparison?.mannWhitneyP).toBeCloseTo(2 / 252, 12);
    expect(c?.comparison?.welchP).toBeCloseTo(0.8500875012921342, 12);
  });

  it('corrects over all metrics together, those apart that point nowhere', () => {
    const plain = { ...rTra, direction: 'none' } as const;
    const p = b?.comparison?.welchP ?? 0;
    const holmOf = (metrics: readonly MetricInfo[]) =>
      finalSections({ groups }, summaries, { ...choice, metrics }).map(
        ({ rows: own }) => own[1]?.comparison?.welchHolm,
      );
    expect(holmOf([rTra, { ...rTra, title: 'again' }])[0]).toBeCloseTo(4 * p, 12);
    expect(holmOf([rTra, plain])[0]).toBeCloseTo(2 * p, 12);
    expect(holmOf([rTra, plain])[1]).toBeCloseTo(2 * p, 12);
  });

  it('corrects after Holm over the groups that are compared', () => {
    expect(b?.comparison?.welchHolm).toBeCloseTo(2 * (b?.comparison?.welchP ?? 0), 12);
    expect(c?.comparison?.welchHolm).toBe(c?.comparison?.welchP);
    expect(isSignificant(b?.comparison ?? null)).toBe(true);
    expect(isSignificant(c?.comparison ?? null)).toBe(false);
  });

  it('says how likely a run of the group is better, whichever way the metric points', () => {
    expect(b?.comparison?.improvement).toBe(1);
    const results = groups.map((group) => groupResult(group, summaries, 'rTra', choice));
    const [baseline, ...rivals] = results;
    if (baseline === undefined) throw new Error('there is no baseline');
    const [compared] = compareAll([{ baseline, rivals, direction: 'min' }]);
    expect(compared?.[0]?.improvement).toBe(0);
  });

  it('marks best and second, and no group of which a seed diverged', () => {
    expect(section?.rows.map(({ place }) => place)).toEqual(['second', 'best', null]);
  });

  it('tells how many seeds a difference still lacks, and never that they are enough where nothing was found', () => {
    const [first] = groups.map((group) => groupResult(group, summaries, 'rTra', choice));
    if (first === undefined) throw new Error('there are groups');
    const baseline = { ...first, values: [70, 70.1], mean: 70.05 };
    const rival = { ...first, values: [70.4, 70.5], mean: 70.45 };
    // Enough for one test, p = 0.03, and not for two.
    const direction = 'max';
    const [alone] = compareAll([{ baseline, rivals: [rival], direction }]);
    expect(alone?.[0]?.moreSeeds).toBe(0);
    const [two] = compareAll([{ baseline, rivals: [rival, { ...rival }], direction }]);
    expect(two?.[0]?.welchHolm).toBeGreaterThan(0.05);
    expect(two?.[0]?.moreSeeds).toBeNull();
    expect(b?.comparison?.moreSeeds).toBe(0);
    expect(c?.comparison?.moreSeeds).toBeGreaterThan(100);
    expect(b?.comparison?.detectable).toBeGreaterThan(0);
  });

  it('writes the difference with sign and interval', () => {
    expect(differenceText(b?.comparison ?? null, 2)).toBe('+2.26');
    expect(intervalText(b?.comparison ?? null, 2)).toMatch(/^\[1\.\d\d, 2\.\d\d\]$/);
    expect(differenceText(null, 2)).toBe('–');
  });

  it('warns of bootstrap intervals of few seeds with the share that holds the difference', () => {
    const next = seededIndices(7);
    // The sum of twelve even draws is as good as normal here.
    const draw = (): number =>
      Array.from({ length: 12 }, () => next(1e6) / 1e6).reduce((sum, each) => sum + each, -6);
    const sample = (seeds: number): number[] => Array.from({ length: seeds }, draw);
    const [like] = groups.map((group) => groupResult(group, summaries, 'rTra', choice));
    if (like === undefined) throw new Error('there are groups');
    for (const seeds of [2, 3, 4, 5]) {
      const trials = 800;
      const held = Array.from({ length: trials }, () => {
        const found = bootstrapDifference(sample(seeds), sample(seeds), { resamples: 400 });
        return found !== null && found.low <= 0 && found.high >= 0;
      }).filter(Boolean).length;
      const told = coverageNote([{ ...like, values: sample(seeds) }]);
      const percent = Number(/about (\d+) %/.exec(told ?? '')?.[1]);
      expect(Math.abs(percent - (100 * held) / trials), `${seeds} seeds`).toBeLessThan(5);
    }
    expect(coverageNote([{ ...like, values: sample(10) }])).toBeNull();
  });

  it('is exported unrounded', () => {
    const [head, ...lines] = comparisonFile([...(section === undefined ? [] : [section])])
      .trim()
      .split('\n');
    expect(head?.split(',').slice(0, 7)).toEqual([
      'metric',
      'group',
      'n',
      'unfinished',
      'missing',
      'diverged',
      'mean',
    ]);
    expect(lines).toHaveLength(3);
    expect(lines[1]?.split(',')[6]).toBe(String(b?.result.mean));
  });
});

describe('runs that are not done', () => {
  const states = ['done', 'running', 'failed', 'done'] as const;
  const mixed = rows
    .filter(({ label }) => label === 'A')
    .slice(0, states.length)
    .map((row, at): RunRow => ({ ...row, status: states[at] ?? 'done' }));
  const [group] = groupRuns(mixed, ['label']);
  if (group === undefined) throw new Error('there is a group');

  it('are told and do not count, unless asked for', () => {
    const without = groupResult(group, summaries, 'rTra', choice);
    expect(without).toMatchObject({ values: [70.1, 70.9], missing: 0, diverged: 0 });
    expect(leftOutTexts(without)).toEqual(['1 running', '1 failed']);
    const all = groupResult(group, summaries, 'rTra', { ...choice, unfinished: true });
    expect(all.values).toEqual([70.1, 71.3, 69.8, 70.9]);
    expect(leftOutTexts(all)).toEqual(['1 running', '1 failed']);
  });

  it('are named below the table where they count', () => {
    const shown = showGroups([group], {}, null);
    const asked = { ...choice, unfinished: true };
    const sections = finalSections({ groups: shown }, summaries, asked);
    const table = paperTable(sections, { ...asked, spread: 'std', baseline: null });
    expect(table?.notes).toContain('Runs that are not done count: 2 of A.');
    expect(table?.cells[0]?.[0]?.cell.seeds).toBe(4);
  });
});

describe('the table for a paper', () => {
  it('ranks and marks as the page does, and says what is not in it', () => {
    const risen: Summaries = new Map(
      rows.map((row) => {
        const value = values[row.label]?.[row.spec.seed] ?? null;
        const last = value === null || row.label !== 'C' ? value : value + 10;
        const found = last === null ? [] : [summary('final/rTra', { last })];
        return [row.id, new Map(found.map((each) => [each.metric, each]))];
      }),
    );
    const [baseline = null] = groups;
    const sections = finalSections({ groups }, risen, choice);
    const table = paperTable(sections, { ...choice, spread: 'std', baseline });
    const cells = table?.cells.map(([cell]) => cell);
    const own = sections[0]?.rows ?? [];
    // C has the highest mean and lost a seed.
    expect(own.map(({ place }) => place)).toEqual(['second', 'best', null]);
    expect(cells?.map((cell) => cell?.rank)).toEqual(['second', 'best', null]);
    expect(cells?.[2]?.cell).toMatchObject({ seeds: 3, missing: 1, diverged: 1 });
    expect(cells?.map((cell) => cell?.comparison?.corrected ?? null)).toEqual(
      own.map(({ comparison }) => comparison?.welchHolm ?? null),
    );
    expect(cells?.map((cell) => cell?.comparison?.verdict === 'better')).toEqual(
      own.map(({ comparison }) => isSignificant(comparison)),
    );
  });
});

describe('the configuration of groups', () => {
  const settings = [
    { label: 'A', config: { epochs: 5, lambdaU: 0.1 } },
    { label: 'B', config: { epochs: 5, lambdaU: 0.2 } },
  ];
  const two = groupRuns(settings.map(runRow), ['label']);

  it('has what differs first, and no row for the names that stand above it', () => {
    const fields = withoutNames(diffGroups(two), two);
    expect(fields.map(({ name }) => name)).not.toContain('label');
    const part = sectionsOf(fields).find(({ key }) => key === 'setting');
    expect(part?.fields.map(({ name }) => name)).toEqual(['lambdaU', 'epochs']);
    expect(part?.isObstacle).toBe(false);
  });

  it('keeps the labels where the groups go by other names', () => {
    const renamed = two.map((group) => ({ ...group, name: `my ${group.name}` }));
    expect(withoutNames(diffGroups(renamed), renamed).map(({ name }) => name)).toContain('label');
  });
});

describe('results under different rules', () => {
  const other: RunRow = { ...runRow({ label: 'A', seed: 7 }), protocolHash: '1'.repeat(64) };

  it('stand in blocks of their own', () => {
    const { blocks, mixed } = comparableBlocks(groupRuns([...rows, other], ['label', 'protocol']));
    expect(blocks.map(({ groups: own }) => own.length)).toEqual([3, 1]);
    expect(mixed).toEqual([]);
  });

  it('are not compared at all when one group holds several', () => {
    const { blocks, mixed } = comparableBlocks(groupRuns([...rows, other], ['label']));
    expect(mixed.map(({ rows: own }) => own.length)).toEqual([6]);
    expect(blocks.flatMap(({ groups: own }) => own)).toHaveLength(2);
  });
});

it('adds the seeds that follow the largest one', () => {
  const file = experimentFileSchema.parse({
    name: 'x',
    datasets: ['d'],
    methods: ['mbpo'],
    seeds: [0, 5, 2],
  });
  expect(withMoreSeeds(file, 3).seeds).toEqual([0, 5, 2, 6, 7, 8]);
});
