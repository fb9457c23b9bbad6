import { defaultRecipe, type Spread } from '#contract/table-recipe.ts';
import { distinguishLabels, type Cell } from './cells.ts';
import { formatNumber, formatSpread } from './format.ts';
import { cellAt, keyOf, linesOf, namesOf, placeKey, type KeyedLine } from './lines.ts';
import { notesOf, seedMarks } from './notes.ts';
import { ranksOf } from './ranking.ts';
import { comparisonsOf } from './significance.ts';
import { bootstrapMean } from './statistics/bootstrap.ts';
import { finiteOf } from './statistics/sample.ts';
import { tInterval } from './statistics/tests.ts';
import type { ShownSpread, Table, TableCell, TableOptions } from './table-model.ts';

/**
 * Arranges cells as the layout says. All numbers are formatted here and nowhere else; best, second and significance
 * are marked among cells of one metric on the same data under the same protocol, wherever they stand.
 */
export function buildTable(cells: readonly Cell[], options: TableOptions): Table {
  const wanted = distinguishLabels(wantedCells(cells, options));
  const layout = options.layout ?? defaultRecipe.layout;
  const names = namesOf(wanted, options);
  const shownLabels = new Set(names.method.map(({ key }) => key));
  const placed = wanted.filter((cell) => shownLabels.has(keyOf.method(cell)));
  const rows = linesOf(placed, layout.rows, names);
  const columns = linesOf(placed, layout.columns, names);
  const shown = shownCells(placed, options);
  const body = rows.map((row) => columns.map((column) => find(shown, row, column)));
  const spread = options.spread ?? defaultRecipe.spread;
  const table = { aggregation: options.aggregation, spread, layout, rows, columns, cells: body };
  return {
    ...table,
    rows: rows.map(withoutKeys),
    columns: columns.map(withoutKeys),
    notes: [...(options.notes ?? []), ...notesOf({ ...table, notes: [] }, options)],
  };
}

function wantedCells(cells: readonly Cell[], options: TableOptions): Cell[] {
  const metrics = new Set(options.metrics.map(({ metric }) => metric));
  return cells.filter(
    ({ aggregation, metric, dataset }) =>
      aggregation === options.aggregation &&
      metrics.has(metric) &&
      (options.datasets?.includes(dataset) ?? true),
  );
}

const withoutKeys = ({ heads, standing }: KeyedLine) => ({ heads, standing });

interface Shown {
  readonly byPlace: ReadonlyMap<string, Cell>;
  readonly byCell: ReadonlyMap<Cell, TableCell>;
}

function find({ byPlace, byCell }: Shown, row: KeyedLine, column: KeyedLine): TableCell | null {
  const cell = cellAt(byPlace, row, column);
  return cell === null ? null : (byCell.get(cell) ?? null);
}

function shownCells(cells: readonly Cell[], options: TableOptions): Shown {
  const plain = cells.map((cell) => formatCell(cell, options));
  const ranks = ranksOf(plain, options.metrics);
  const comparisons =
    options.significance === null || options.significance === undefined
      ? new Map<Cell, never>()
      : comparisonsOf(cells, options.metrics, options.significance);
  const letters = seedMarks(cells);
  const byCell = new Map<Cell, TableCell>();
  for (const each of plain) {
    const rank = ranks.get(each.cell) ?? null;
    const comparison = comparisons.get(each.cell) ?? null;
    const verdict = comparison === null ? null : verdictMarks[comparison.verdict];
    const letter = letters.get(each.cell) ?? null;
    byCell.set(each.cell, {
      ...each,
      rank: rank === 'second' && options.second === false ? null : rank,
      comparison,
      marks: [verdict, letter].filter((mark) => mark !== null),
    });
  }
  const place = (cell: Cell): string =>
    placeKey(keyOf.method(cell), keyOf.dataset(cell), keyOf.metric(cell));
  return { byCell, byPlace: new Map(cells.map((cell) => [place(cell), cell])) };
}

const verdictMarks = { better: '*', worse: '†', undecided: null, undefined: null } as const;

type PlainCell = Omit<TableCell, 'rank' | 'comparison' | 'marks'>;

function formatCell(cell: Cell, options: TableOptions): PlainCell {
  const info = options.metrics.find(({ metric }) => metric === cell.metric);
  const digits = options.digits ?? info?.digits ?? 2;
  const mean = formatNumber(cell.mean, digits);
  const spread = spreadOf(cell, options.spread ?? defaultRecipe.spread, digits);
  return { cell, digits, mean, spread, shown: `${mean}${formatSpread(spread)}` };
}

/** What stands beside the mean; null where it is not defined. */
function spreadOf(cell: Cell, spread: Spread, digits: number): ShownSpread | null {
  const values = finiteOf(cell.values.map(({ value }) => value));
  switch (spread) {
    case 'none':
      return null;
    case 'std':
    case 'sem':
      return widthOf(cell[spread], digits);
    case 'ci': {
      const interval = tInterval(values);
      return widthOf(interval === null ? null : (interval.high - interval.low) / 2, digits);
    }
    case 'bootstrap': {
      const interval = bootstrapMean(values);
      if (interval === null) return null;
      const { low, high } = interval;
      return {
        kind: 'interval',
        low: formatNumber(low, digits),
        high: formatNumber(high, digits),
        values: [low, high],
      };
    }
  }
}

const widthOf = (width: number | null, digits: number): ShownSpread | null =>
  width === null ? null : { kind: 'width', width: formatNumber(width, digits), value: width };
