import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateCells, condense } from '#report/cells.ts';
import { formatNumber } from '#report/format.ts';
import { tableRecords } from '#report/records.ts';
import { cellsOf, entry, exampleEntries, metrics, namesOf, tableOf } from './report-fixture.ts';

describe('cells', () => {
  it('takes the mean, the sample standard deviation and the standard error over seeds', () => {
    const [cell] = aggregateCells([entry([2, 4, 4, 4, 5, 5, 7, 9])]);
    expect(cell).toMatchObject({ mean: 5, seeds: 8, min: 2, max: 9, missing: 0, diverged: 0 });
    expect(cell?.std).toBeCloseTo(Math.sqrt(32 / 7), 12);
    expect(cell?.sem).toBeCloseTo(Math.sqrt(32 / 7 / 8), 12);
  });

  it('has no spread with one seed and no mean with none', () => {
    expect(condense([3])).toMatchObject({ mean: 3, std: null, sem: null, seeds: 1 });
    expect(condense([null, Number.NaN])).toEqual({
      mean: null,
      std: null,
      sem: null,
      min: null,
      max: null,
      seeds: 0,
      missing: 1,
      diverged: 1,
    });
  });

  it('counts a seed once when a configuration is given twice', () => {
    const cells = aggregateCells([entry([1, 2]), entry([1, 4])]);
    expect(cells).toHaveLength(1);
    expect(cells[0]).toMatchObject({ mean: 2.5, seeds: 2 });
  });

  it('never pools datasets, labels, aggregations, protocols or configurations', () => {
    const cells = aggregateCells([
      entry([1]),
      entry([2], { dataset: 'other' }),
      entry([3], { label: 'DORL strong' }),
      entry([4], { aggregation: 'final' }),
      entry([5], { protocolHash: 'b'.repeat(64) }),
      entry([6], { cellHash: 'another' }),
    ]);
    expect(cells.map((cell) => cell.mean)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('puts the mean between the extremes and never shows a negative spread', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 50 }),
        (values) => {
          const { mean, min, max, std } = condense(values);
          const slack = 1e-6;
          expect(mean).toBeGreaterThanOrEqual((min ?? NaN) - slack);
          expect(mean).toBeLessThanOrEqual((max ?? NaN) + slack);
          if (std !== null) expect(std).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

describe('numbers', () => {
  it('are shown with fixed digits, and zero without a sign', () => {
    expect(formatNumber(71.399, 2)).toBe('71.40');
    expect(formatNumber(-0.0004, 2)).toBe('0.00');
    expect(formatNumber(-0.005001, 2)).toBe('-0.01');
    expect(formatNumber(null, 2)).toBe('–');
    expect(formatNumber(Number.POSITIVE_INFINITY, 2)).toBe('–');
  });
});

describe('table', () => {
  const table = tableOf(exampleEntries());
  const row = (label: string) => cellsOf(table, label);

  it('has methods as rows and datasets by metrics as columns, references after own rows', () => {
    expect(namesOf(table.columns)).toEqual(['coat R_tra', 'coat MCD', 'my_world R_tra']);
    expect(namesOf(table.rows)).toEqual(['MBPO', 'DORL', 'DORL_λ=5% & {x|y}', 'Oracle']);
    expect(row('Oracle')).toEqual([expect.anything(), null, null]);
  });

  it('marks ties at the shown digits as best together, and nothing of which a run diverged', () => {
    expect(row('MBPO')[0]).toMatchObject({ mean: '71.47', rank: 'best' });
    expect(row('DORL')[0]).toMatchObject({ mean: '71.47', rank: 'best' });
    expect(row('DORL_λ=5% & {x|y}')[0]).toMatchObject({ mean: '70.20', rank: null });
  });

  it('knows metrics of which less is better', () => {
    expect(row('DORL')[1]).toMatchObject({ mean: '0.400', rank: 'best' });
    expect(row('MBPO')[1]).toMatchObject({ rank: 'second' });
  });

  it('gives reference policies no mark although they are better', () => {
    expect(row('Oracle')[0]).toMatchObject({ mean: '88.15', rank: null });
  });

  it('marks nothing where there is one row, or rows of different protocols', () => {
    expect(tableOf([entry([1, 2])]).cells[0]?.[0]?.rank).toBeNull();
    const strangers = tableOf([entry([1]), entry([2], { protocolHash: 'b'.repeat(64) })]);
    expect(strangers.cells.map(([cell]) => cell?.rank)).toEqual([null, null]);
    expect(strangers.notes.join(' ')).toContain('Rows of 2 protocols');
  });

  it('says which runs are not in the numbers', () => {
    expect(table.notes).toContain('DORL_λ=5% & {x|y} on coat: 1 run without a value, left out.');
    expect(table.notes).toContain(
      'DORL_λ=5% & {x|y} on coat: 1 run diverged, left out of the mean; not ranked.',
    );
  });

  it('gives configurations that share a label a row each', () => {
    const both = tableOf([
      entry([1], { cellHash: 'aaaaaa1' }),
      entry([2], { cellHash: 'bbbbbb2' }),
    ]);
    expect(namesOf(both.rows)).toEqual(['DORL [aaaaaa]', 'DORL [bbbbbb]']);
  });

  it('shows the chosen spread, digits and aggregation only', () => {
    const finals = [entry([1, 2], { aggregation: 'final' }), entry([7])];
    const final = tableOf(finals, { aggregation: 'final', spread: 'sem', digits: 1 });
    expect(tableRecords(final)).toHaveLength(1);
    expect(final.cells[0]?.[0]?.shown).toBe('1.5 ± 0.5');
  });

  it('keeps the numbers of the cells unrounded in its records', () => {
    const records = tableRecords(table);
    expect(records).toHaveLength(9);
    const mbpo = records.find(({ method, metric }) => method === 'mbpo' && metric === 'rTra');
    expect(mbpo?.mean).toBeCloseTo((71.1 + 71.4 + 71.9) / 3, 12);
    expect(mbpo).toMatchObject({
      dataset: 'coat',
      aggregation: 'all-epochs',
      seeds: 3,
      rank: 'best',
      shown: '71.47 ± 0.40',
    });
  });

  it('is empty, not broken, without cells', () => {
    const empty = tableOf([]);
    expect(empty).toMatchObject({ columns: [], rows: [] });
    expect(tableRecords(empty)).toEqual([]);
    expect(tableOf([entry([1])], { metrics: metrics.slice(1) }).columns).toEqual([]);
  });
});
