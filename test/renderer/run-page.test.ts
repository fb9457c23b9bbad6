import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chartRows, metricFamilies } from '#renderer/lib/metric-families.ts';
import { configurationLines, runYaml } from '#renderer/lib/run-configuration.ts';
import { runsCsv } from '#renderer/lib/run-csv.ts';
import { diagnosticSections } from '#renderer/lib/run-diagnostics.ts';
import { fixedColumns, metricColumns } from '#renderer/lib/run-rows.ts';
import { entriesToMove } from '#renderer/lib/saved-here.ts';
import { movedBefore, type RunTableView } from '#renderer/lib/run-views.ts';
import { groupRows, tableLines } from '#renderer/lib/row-groups.ts';
import { seriesChart } from '#renderer/charts/series-chart.ts';
import { columnOf, runRow } from './rows.ts';

describe('metrics by family', () => {
  it('put what is looked at first before the rest, the machine last, pins above all', () => {
    const metrics = ['system/tensors', 'zeta/a', 'eval/rTra', 'train/loss', 'loss'];
    expect(metricFamilies(metrics, []).map(({ name }) => name)).toEqual([
      'eval',
      'train',
      'other',
      'zeta',
      'system',
    ]);
    expect(metricFamilies(metrics, ['train/loss', 'gone'])[0]).toEqual({
      name: 'pinned',
      metrics: ['train/loss'],
    });
  });

  it('become rows that hold every metric once, and none of what is closed', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[ab]\/[a-z]{1,5}$/)),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (metrics, columns, isClosed) => {
          const closed = new Set(isClosed ? ['a'] : []);
          const rows = chartRows(metricFamilies(metrics, []), closed, columns);
          const shown = rows.flatMap((row) => (row.kind === 'charts' ? row.metrics : []));
          const expected = metrics.filter((name) => !(isClosed && name.startsWith('a/')));
          expect([...shown].sort()).toEqual([...expected].sort());
          for (const row of rows) {
            if (row.kind === 'charts') expect(row.metrics.length).toBeLessThanOrEqual(columns);
          }
        },
      ),
    );
  });
});

describe('views of the table', () => {
  const view: RunTableView = {
    columns: ['label', 'seed', 'tags'],
    groupBy: [],
    sort: { key: 'label', descending: false },
    query: '',
    widths: {},
  };

  it('of a browser move to the data folder without a loss', () => {
    const there = [
      { name: 'a', view },
      { name: 'b', view },
    ];
    const here = [
      { name: 'a', view },
      { name: 'b', view: { ...view, query: 'coat' } },
      { name: 'c' },
      7,
    ];
    expect(entriesToMove(JSON.stringify(here), there)).toEqual([
      { name: 'b (from a browser)', view: { ...view, query: 'coat' } },
      { name: 'c' },
    ]);
    expect(entriesToMove('no JSON', there)).toEqual([]);
  });

  it('move a column before another, or to the end', () => {
    expect(movedBefore(view.columns, 'tags', 'label')).toEqual(['tags', 'label', 'seed']);
    expect(movedBefore(view.columns, 'label', 'tags')).toEqual(['seed', 'label', 'tags']);
    expect(movedBefore(view.columns, 'label', null)).toEqual(['seed', 'tags', 'label']);
    expect(movedBefore(view.columns, 'seed', 'seed')).toEqual(view.columns);
    expect(movedBefore(view.columns, 'seed', 'gone')).toEqual(view.columns);
  });
});

describe('the shown table as CSV', () => {
  const rows = [
    runRow({ label: 'DORL', seed: 0, rTra: 10 }),
    runRow({ label: 'DORL', seed: 1, rTra: 14.123456789 }),
    runRow({ label: '=cmd()', seed: 0, rTra: null }),
  ];
  const columns = [
    columnOf(fixedColumns, 'label'),
    columnOf(fixedColumns, 'seed'),
    columnOf(metricColumns(rows), 'metric.rTra'),
  ];

  it('has full precision, and no formula', () => {
    const text = runsCsv(tableLines(rows, null, new Set()), columns);
    expect(text.split('\r\n').slice(0, 4)).toEqual([
      'label,seed,metric.rTra',
      'DORL,0,10',
      'DORL,1,14.123456789',
      "'=cmd(),0,",
    ]);
  });

  it("tells groups' means and deviations, and leaves out what differs", () => {
    const groups = groupRows(rows.slice(0, 2), columns.slice(0, 1));
    const text = runsCsv(tableLines(rows, groups, new Set()), columns);
    const [header, group] = text.split('\r\n');
    expect(header).toBe('runs,label,label std,seed,seed std,metric.rTra,metric.rTra std');
    const [count, label, , seed, , mean, std] = (group ?? '').split(',');
    expect([count, label, seed]).toEqual(['2', 'DORL', '']);
    expect(Number(mean)).toBeCloseTo(12.0617283945, 9);
    expect(Number(std)).toBeCloseTo(4.123456789 / Math.SQRT2, 9);
  });
});

describe('a configuration', () => {
  const method = {
    defaults: { epochs: 200, rate: 0.001, hidden: [64, 64] },
    presets: [{ dataset: 'coat', source: 'a paper', values: { rate: 0.01 } }],
  } as never;
  const row = runRow({ dataset: 'coat', config: { epochs: 30, rate: 0.01, hidden: [64, 64] } });

  it("is compared with the paper's settings for the dataset, then with the defaults", () => {
    expect(configurationLines(row, method)).toEqual([
      { name: 'epochs', text: '30', usual: '200', origin: 'default' },
      { name: 'rate', text: '0.01', usual: null, origin: 'preset' },
      { name: 'hidden', text: '[64,64]', usual: null, origin: 'default' },
    ]);
    const other = runRow({ dataset: 'mine', config: row.spec.config });
    expect(configurationLines(other, method)[1]).toMatchObject({ usual: '0.001' });
    expect(configurationLines(other, method, 'coat')[1]).toMatchObject({ usual: null });
  });

  it('can be read back from its YAML', async () => {
    const { parse } = await import('yaml');
    expect(parse(runYaml(row))).toMatchObject({ run: row.id, ...row.spec });
  });
});

describe('diagnostics', () => {
  it('show what a run has and nothing else', () => {
    expect(diagnosticSections(['train/loss'])).toEqual([]);
    const [returns] = diagnosticSections(['eval/rTra', 'train/simulatedReturn']);
    expect(returns?.panels.map(({ title, series }) => [title, series.length])).toEqual([
      ['Reward gap', 2],
    ]);
    const [shares] = diagnosticSections(['diagnostics/exposureShare/q1', 'diagnostics/exposure']);
    expect(shares?.panels.map(({ series }) => series.map(({ name }) => name))).toEqual([
      ['q1'],
      ['exposure'],
    ]);
  });

  it('mark breaks, and draw what was discarded dashed', () => {
    const curve = { name: 'a', colour: '#000', steps: [1], means: [1], mins: [1], maxs: [1] };
    const { series } = seriesChart([curve, { ...curve, name: 'b', isAside: true }], {
      smoothing: 0,
      logX: false,
      logY: false,
      isDark: false,
      breaks: [0.5],
    });
    const lines = (Array.isArray(series) ? series : []).filter(({ type }) => type === 'line');
    expect(lines).toMatchObject([
      { lineStyle: { type: 'solid' }, markLine: { data: [{ xAxis: 0.5 }] } },
      { lineStyle: { type: 'dashed' } },
    ]);
    expect(lines[1]).not.toHaveProperty('markLine');
  });
});
