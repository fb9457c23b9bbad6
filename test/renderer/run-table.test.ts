import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  groupCell,
  groupCellText,
  groupRows,
  sortGroups,
  tableLines,
} from '#renderer/lib/row-groups.ts';
import { sortRows } from '#renderer/lib/row-order.ts';
import { parseQuery } from '#renderer/lib/row-query.ts';
import { fixedColumns, metricColumns, settingColumns } from '#renderer/lib/run-rows.ts';
import { cellText } from '#renderer/lib/cell-text.ts';
import { columnOf, runRow } from './rows.ts';

const rows = [
  runRow({ label: 'DORL', dataset: 'coat', seed: 0, rTra: 10, config: { lambdaU: 0.05 } }),
  runRow({ label: 'DORL', dataset: 'coat', seed: 1, rTra: 14, config: { lambdaU: 0.05 } }),
  runRow({ label: 'MBPO', dataset: 'coat', seed: 0, rTra: 8, status: 'failed' }),
  runRow({ label: 'MBPO', dataset: 'yahoo', seed: 10, rTra: null, status: 'running' }),
];
const columns = [...fixedColumns, ...metricColumns(rows), ...settingColumns(rows)];

function found(query: string): string[] {
  const parsed = parseQuery(query, columns);
  if (!parsed.ok) throw new Error(parsed.message);
  return rows.filter(parsed.test).map(({ label, spec }) => `${label} ${spec.dataset} ${spec.seed}`);
}

describe('the filter language', () => {
  it.each([
    ['', ['DORL coat 0', 'DORL coat 1', 'MBPO coat 0', 'MBPO yahoo 10']],
    ['dorl', ['DORL coat 0', 'DORL coat 1']],
    ['dorl seed=1', ['DORL coat 1']],
    ['seed=1', ['DORL coat 1']],
    ['seed:1', ['DORL coat 1', 'MBPO yahoo 10']],
    ['rTra>=10', ['DORL coat 0', 'DORL coat 1']],
    ['metric.rTra<10', ['MBPO coat 0']],
    ['-dataset:coat', ['MBPO yahoo 10']],
    ['status:failed,running', ['MBPO coat 0', 'MBPO yahoo 10']],
    ['yahoo OR rTra>12', ['DORL coat 1', 'MBPO yahoo 10']],
    ['mbpo (seed=10 OR status=failed) -yahoo', ['MBPO coat 0']],
    ['label:"DORL" lambdaU=0.05', ['DORL coat 0', 'DORL coat 1']],
    ['status!=done', ['MBPO coat 0', 'MBPO yahoo 10']],
  ])('%s', (query, expected) => {
    expect(found(query)).toEqual(expected);
  });

  it.each([
    ['colour:red', 'There is no column colour.', 'colour'],
    ['seed<many', 'many is not a number.', 'many'],
    ['dorl seed:1..x', 'x is not a number.', 'x'],
    ['created>soon', 'soon is not a date, such as 2026-03-01 or 7d.', 'soon'],
    ['has:wings', 'There is no column wings.', 'has:w'],
    ['coat (dorl', 'A bracket is not closed.', '('],
    ['dorl)', 'A bracket closes that was not opened.', ')'],
    ['label:"dorl', 'A quotation mark is not closed.', '"dorl'],
    ['dorl OR', 'A condition is missing after OR.', ''],
    ['OR dorl', 'A condition is missing before this.', 'OR'],
    ['dorl (', 'A condition is missing after the bracket.', ''],
    ['dorl -)', 'A condition is missing after the minus.', ')'],
  ])('says what is wrong with %s, and where', (query, message, part) => {
    const parsed = parseQuery(query, columns);
    expect(parsed).toMatchObject({ ok: false, message });
    if (!parsed.ok) expect(query.slice(parsed.from, parsed.to)).toBe(part);
  });

  it('answers any text', () => {
    fc.assert(
      fc.property(fc.string(), (query) => {
        const parsed = parseQuery(query, columns);
        expect(parsed.ok ? typeof parsed.test : parsed.message.length).toBeTruthy();
      }),
    );
  });
});

describe('the order of rows', () => {
  it('is by number, with what is missing last both ways', () => {
    const values = (descending: boolean) =>
      sortRows(rows, columnOf(columns, 'metric.rTra'), descending).map((row) =>
        columnOf(columns, 'metric.rTra').value(row),
      );
    expect(values(false)).toEqual([8, 10, 14, null]);
    expect(values(true)).toEqual([14, 10, 8, null]);
  });

  it('keeps the rows and their order where they are equal', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 3 })), fc.boolean(), (seeds, descending) => {
        const many = seeds.map((seed) => runRow({ seed }));
        const sorted = sortRows(many, columnOf(columns, 'seed'), descending);
        const sign = descending ? -1 : 1;
        const expected = many.toSorted((a, b) => sign * (a.spec.seed - b.spec.seed));
        expect(sorted.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      }),
    );
  });
});

describe('groups', () => {
  const groups = groupRows(rows, [columnOf(columns, 'label')]);

  it('hold every row once and show mean and sample deviation', () => {
    expect(groups.map(({ rows: members }) => members.length)).toEqual([2, 2]);
    expect(groups.map(({ name }) => name)).toEqual(['DORL', 'MBPO']);
    const by = ['dataset', 'status'].map((key) => columnOf(columns, key));
    expect(groupRows(rows, by).map(({ name }) => name)).toEqual([
      'coat, done',
      'coat, failed',
      'yahoo, running',
    ]);
    const [dorl] = groups;
    const cell = groupCell(dorl!, columnOf(columns, 'metric.rTra'));
    expect(cell).toEqual({ kind: 'spread', mean: 12, std: Math.sqrt(8), count: 2 });
    expect(groupCellText(columnOf(columns, 'metric.rTra'), cell)).toBe('12.0 ± 2.8');
  });

  it('show what their rows share, or how many values there are', () => {
    const [dorl, mbpo] = groups;
    expect(groupCell(dorl!, columnOf(columns, 'dataset'))).toEqual({ kind: 'same', value: 'coat' });
    expect(groupCell(mbpo!, columnOf(columns, 'dataset'))).toEqual({ kind: 'mixed', distinct: 2 });
    expect(groupCell(mbpo!, columnOf(columns, 'seed'))).toEqual({ kind: 'mixed', distinct: 2 });
  });

  it('are ordered by their means, and open to their rows', () => {
    const sorted = sortGroups(groups, columnOf(columns, 'metric.rTra'), false);
    expect(sorted.map(({ id }) => id)).toEqual(['["MBPO"]', '["DORL"]']);
    const lines = tableLines(rows, sorted, new Set(['["DORL"]']));
    expect(lines.map(({ kind }) => kind)).toEqual(['group', 'group', 'run', 'run']);
  });
});

it('writes cells by the kind of their column', () => {
  expect(cellText(columnOf(columns, 'progress'), 0.999)).toBe('99 %');
  expect(cellText(columnOf(columns, 'duration'), 7384)).toBe('2 h 3 min');
  expect(cellText(columnOf(columns, 'left'), null)).toBe('–');
});
