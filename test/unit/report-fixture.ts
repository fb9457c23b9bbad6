import type { CellValues } from '#report/cells.ts';
import { aggregateCells } from '#report/cells.ts';
import type { MetricInfo, Table, TableCell, TableLine, TableOptions } from '#report/table-model.ts';
import { buildTable } from '#report/table.ts';

export const metrics: readonly MetricInfo[] = [
  { metric: 'rTra', title: 'R_tra', direction: 'max', digits: 2 },
  { metric: 'mcd', title: 'MCD', direction: 'min', digits: 3 },
];

/** One entry with sensible defaults; `values` are listed by seed from 0. */
export function entry(
  values: readonly (number | null)[],
  change: Partial<Omit<CellValues, 'values'>> = {},
): CellValues {
  const label = change.label ?? 'DORL';
  return {
    dataset: 'coat',
    method: 'dorl',
    label,
    group: 'own',
    metric: 'rTra',
    aggregation: 'all-epochs',
    protocolHash: 'a'.repeat(64),
    cellHash: `hash of ${label}`,
    ...change,
    values: values.map((value, seed) => ({ seed, value })),
  };
}

export function tableOf(
  entries: readonly CellValues[],
  options: Partial<TableOptions> = {},
): Table {
  return buildTable(aggregateCells(entries), { aggregation: 'all-epochs', metrics, ...options });
}

/** Two datasets, ties, a lone seed, a diverged and a missing run, a reference row, names that need escaping. */
export function exampleEntries(): CellValues[] {
  const mcd = { metric: 'mcd' };
  const mbpo = { method: 'mbpo', label: 'MBPO' };
  const odd = { method: 'dorl', label: 'DORL_λ=5% & {x|y}' };
  const oracle = { method: 'oracle', label: 'Oracle', group: 'reference' as const };
  const world = { dataset: 'my_world' };
  return [
    entry([71.1, 71.4, 71.9], mbpo),
    entry([71.3, 71.35, 71.75], {}),
    entry([70.2, Number.NaN, null], odd),
    entry([88.1462], oracle),
    entry([0.41, 0.43, 0.42], { ...mbpo, ...mcd }),
    entry([0.3995, 0.4, 0.4005], mcd),
    entry([0.9], { ...odd, ...mcd }),
    entry([-0.001, -0.002, 0.001], { ...mbpo, ...world }),
    entry([-4.5, -4, -5], world),
  ];
}

/** What stands at each row or column, its names after one another. */
export const namesOf = (lines: readonly TableLine[]): string[] =>
  lines.map(({ heads }) => heads.map(({ text }) => text).join(' '));

/** The cells of the first row whose innermost name this is. */
export const cellsOf = (table: Table, name: string): readonly (TableCell | null)[] =>
  table.cells[table.rows.findIndex(({ heads }) => heads.at(-1)?.text === name)] ?? [];
