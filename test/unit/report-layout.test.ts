import { describe, expect, it } from 'vitest';
import { layoutSchema } from '#contract/table-recipe.ts';
import { renderLatex } from '#report/latex.ts';
import { renderMarkdown } from '#report/markdown.ts';
import { welchTest } from '#report/statistics/tests.ts';
import { cellsOf, entry, namesOf, tableOf } from './report-fixture.ts';

const mcd = { metric: 'mcd' };
const world = { dataset: 'world' };
const mbpo = { method: 'mbpo', label: 'MBPO' };
const good = [75, 75.2, 74.9, 75.1, 75];
const poor = [70, 70.3, 69.8, 70.1, 70.2];
const middle = [72, 72.1, 71.9, 72.2, 71.8];
const entries = [
  entry(good),
  entry(poor, mbpo),
  entry(middle, { method: 'mopo', label: 'MOPO' }),
  entry([0.5, 0.6, 0.7], mcd),
  entry([0.4, 0.5, 0.6], { ...mbpo, ...mcd }),
  entry([1, 2, 3], world),
];

describe('layout', () => {
  it('puts any dimension in rows or columns, and shows the same cells', () => {
    const plain = tableOf(entries);
    const turned = tableOf(entries, {
      layout: { rows: ['dataset', 'metric'], columns: ['method'] },
    });
    expect(namesOf(turned.rows)).toEqual(['coat R_tra', 'coat MCD', 'world R_tra']);
    expect(namesOf(turned.columns)).toEqual(['DORL', 'MBPO', 'MOPO']);
    turned.cells.forEach((row, at) => {
      expect(row.map((cell) => cell?.shown)).toEqual(plain.cells.map((cells) => cells[at]?.shown));
      expect(row.map((cell) => cell?.rank)).toEqual(plain.cells.map((cells) => cells[at]?.rank));
    });
  });

  it('orders and leaves out datasets, metrics and own methods', () => {
    const chosen = tableOf([...entries, entry([88], { label: 'Oracle', group: 'reference' })], {
      datasets: ['world', 'coat'],
      methods: ['MOPO', 'DORL'],
    });
    expect(namesOf(chosen.rows)).toEqual(['MOPO', 'DORL', 'Oracle']);
    expect(namesOf(chosen.columns)).toEqual(['world R_tra', 'coat R_tra', 'coat MCD']);
  });

  it('says a name once over all lines that share it', () => {
    const nested = tableOf(entries, {
      layout: { rows: ['dataset', 'method'], columns: ['metric'] },
    });
    const lines = renderMarkdown(nested).split('\n');
    expect(lines[2]).toMatch(/^\| coat +\| DORL /);
    expect(lines[3]).toMatch(/^\| +\| MBPO /);
    expect(lines[5]).toMatch(/^\| world +\| DORL /);
    expect(renderLatex(nested).match(/\\midrule/g)).toHaveLength(2);
    expect(renderLatex(nested)).toContain('{llrr}');
  });

  it('must hold each dimension once, and something in its rows', () => {
    for (const layout of [
      { rows: [], columns: ['method', 'dataset', 'metric'] },
      { rows: ['method'], columns: ['dataset'] },
      { rows: ['method', 'dataset'], columns: ['metric', 'dataset'] },
    ]) {
      expect(layoutSchema.safeParse(layout).success).toBe(false);
    }
  });
});

describe('comparison with a baseline', () => {
  const welch = { baseline: 'MBPO', test: 'welch', alpha: 0.05, correction: 'none' } as const;

  it('marks what is significantly better or worse, and leaves the baseline alone', () => {
    const table = tableOf(entries, { significance: welch });
    const dorl = cellsOf(table, 'DORL')[0];
    expect(dorl?.marks).toEqual(['*']);
    expect(dorl?.comparison?.p).toBe(welchTest(good, poor)?.p);
    expect(dorl?.comparison).toMatchObject({ baseline: 'MBPO', verdict: 'better', improvement: 1 });
    expect(cellsOf(table, 'MBPO')[0]).toMatchObject({ comparison: null, marks: [] });
    expect(table.notes.join(' ')).toContain('*: significantly better than MBPO');
  });

  it('knows that less can be better', () => {
    const loss = (values: number[], label: string) => entry(values, { ...mcd, label });
    const lower = [loss([0.1, 0.11, 0.12], 'A'), loss([0.9, 0.91, 0.92], 'B')];
    const against = (baseline: string) => tableOf(lower, { significance: { ...welch, baseline } });
    expect(cellsOf(against('B'), 'A')[0]).toMatchObject({
      marks: ['*'],
      comparison: { improvement: 1 },
    });
    expect(cellsOf(against('A'), 'B')[0]).toMatchObject({
      marks: ['†'],
      comparison: { improvement: 0 },
    });
  });

  it('compares with the best of each metric and dataset when no row is named', () => {
    const table = tableOf(entries, { significance: { ...welch, baseline: null } });
    expect(cellsOf(table, 'DORL')[0]?.comparison).toBeNull();
    expect(cellsOf(table, 'MOPO')[0]).toMatchObject({
      marks: ['†'],
      comparison: { baseline: 'DORL' },
    });
    expect(table.notes.join(' ')).toContain('†: significantly worse than the best');
  });

  it('corrects over all comparisons of the table', () => {
    const table = tableOf(entries, { significance: { ...welch, correction: 'holm' } });
    const found = table.cells.flat().flatMap((cell) => cell?.comparison ?? []);
    expect(found).toHaveLength(3);
    const largest = Math.max(...found.map(({ p }) => p ?? 0));
    for (const { p, corrected } of found) {
      expect(corrected ?? 0).toBeGreaterThanOrEqual(p ?? 1);
      if (p === largest) expect(corrected).toBe(p);
    }
    expect(table.notes.join(' ')).toContain('Holm’s correction over 3 comparisons');
  });

  it('never compares protocols, datasets of one name that differ, or single runs', () => {
    const strangers = tableOf(
      [
        entry(good, { protocolHash: 'b'.repeat(64) }),
        entry(poor, mbpo),
        entry(middle, { label: 'Other data', datasetChecksum: 'x' }),
        entry([90], { label: 'Alone' }),
      ],
      { significance: welch },
    );
    expect(cellsOf(strangers, 'DORL')[0]).toMatchObject({ comparison: null, rank: null });
    expect(cellsOf(strangers, 'Other data')[0]).toMatchObject({ comparison: null, rank: null });
    expect(cellsOf(strangers, 'Alone')[0]).toMatchObject({
      comparison: { p: null, verdict: 'undefined' },
      marks: ['a'],
    });
    expect(strangers.notes.join(' ')).toContain('No cell could be tested against MBPO');
  });
});

describe('footnotes', () => {
  it('mark cells whose number of seeds is not that of most', () => {
    const table = tableOf([
      entry(good),
      entry(poor, mbpo),
      entry([72, 73, 71], { label: 'Short' }),
    ]);
    expect(cellsOf(table, 'Short')[0]?.marks).toEqual(['a']);
    expect(cellsOf(table, 'DORL')[0]?.marks).toEqual([]);
    expect(table.notes).toContain('5 seeds per cell unless marked.');
    expect(table.notes).toContain('a: 3 seeds.');
  });

  it('name reconstructions and rebuilt ground truths', () => {
    const table = tableOf([entry(good, { reconstruction: true, groundTruth: 'rebuilt' })]);
    const text = renderMarkdown(table);
    expect(text).toContain('DORL‡');
    expect(text).toContain('coat§');
    expect(table.notes.join(' ')).toMatch(/‡: a reconstruction.*§: the ground truth was rebuilt/);
  });
});

describe('spread', () => {
  it('shows intervals as intervals and half of a t interval as a width', () => {
    const values = [1, 2, 3, 4, 5];
    const ci = tableOf([entry(values)], { spread: 'ci' }).cells[0]?.[0];
    // 2.776 (t with 4 degrees of freedom) times sqrt(2.5 / 5).
    expect(ci?.shown).toBe('3.00 ± 1.96');
    const bootstrap = tableOf([entry(values)], { spread: 'bootstrap' }).cells[0]?.[0];
    expect(bootstrap?.shown).toMatch(/^3\.00 \[1\.\d\d, 4\.\d\d\]$/);
    expect(tableOf([entry(values)], { spread: 'none' }).cells[0]?.[0]?.shown).toBe('3.00');
    expect(tableOf([entry([7])], { spread: 'ci' }).cells[0]?.[0]?.shown).toBe('7.00');
  });
});
