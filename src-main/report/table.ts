import { distinguishLabels, type Cell, type RowGroup } from './cells.ts';
import { formatMeanSpread, formatNumber } from './format.ts';
import { notesOf } from './notes.ts';
import type {
  Spread,
  Table,
  TableCell,
  TableColumn,
  TableOptions,
  TableRow,
} from './table-model.ts';

const groupOrder: readonly RowGroup[] = ['own', 'reference', 'published'];

/**
 * Pivots cells into methods by (dataset x metric). Best and second are marked per column among rows of the same
 * protocol; reference policies are bounds, not competitors, and carry no mark.
 */
export function buildTable(cells: readonly Cell[], options: TableOptions): Table {
  const spread = options.spread ?? 'std';
  const wanted = distinguishLabels(
    cells.filter((cell) => cell.aggregation === options.aggregation),
  );
  const columns = columnsOf(wanted, options);
  const rows = rowsOf(wanted).map(({ key, sample }) => ({
    group: sample.group,
    method: sample.method,
    label: sample.label,
    protocolHash: sample.protocolHash,
    cells: columns.map((column) => {
      const found = wanted.find(
        (cell) =>
          rowKey(cell) === key && cell.dataset === column.dataset && cell.metric === column.metric,
      );
      return found === undefined ? null : formatCell(found, column, spread);
    }),
  }));
  const ranked = columns.reduce<TableRow[]>(
    (before, column, at) => rankColumn(before, column, at),
    rows,
  );
  const notes = [
    ...(options.notes ?? []),
    ...notesOf(ranked, columns, options.aggregation, spread),
  ];
  return { aggregation: options.aggregation, spread, columns, rows: ranked, notes };
}

function columnsOf(cells: readonly Cell[], options: TableOptions): TableColumn[] {
  const datasets = [...new Set(cells.map((cell) => cell.dataset))];
  return datasets.flatMap((dataset) =>
    options.metrics
      .filter(({ metric }) =>
        cells.some((cell) => cell.dataset === dataset && cell.metric === metric),
      )
      .map((metric) => ({ ...metric, digits: options.digits ?? metric.digits, dataset })),
  );
}

const rowKey = (cell: Cell): string =>
  JSON.stringify([cell.group, cell.method, cell.label, cell.protocolHash, cell.source]);

function rowsOf(cells: readonly Cell[]): { key: string; sample: Cell }[] {
  const byKey = new Map<string, Cell>();
  for (const cell of cells) if (!byKey.has(rowKey(cell))) byKey.set(rowKey(cell), cell);
  return [...byKey]
    .map(([key, sample]) => ({ key, sample }))
    .sort((a, b) => groupOrder.indexOf(a.sample.group) - groupOrder.indexOf(b.sample.group));
}

function formatCell(cell: Cell, column: TableColumn, spread: Spread): TableCell {
  const mean = formatNumber(cell.mean, column.digits);
  const width = cell[spread];
  const spreadText = width === null ? null : formatNumber(width, column.digits);
  return { cell, mean, spread: spreadText, shown: formatMeanSpread(mean, spreadText), rank: null };
}

function rankColumn(rows: TableRow[], column: TableColumn, at: number): TableRow[] {
  if (column.direction === 'none') return rows;
  const sign = column.direction === 'max' ? -1 : 1;
  // Ranked by what is shown: two rows that read the same are a tie.
  const score = (row: TableRow): number => sign * Number(row.cells[at]?.mean);
  const places = new Map<TableRow, 'best' | 'second'>();
  for (const rivals of rivalsOf(rows, at)) {
    const [best, second] = [...new Set(rivals.map(score))].sort((a, b) => a - b);
    for (const row of rivals) {
      if (score(row) === best) places.set(row, 'best');
      else if (score(row) === second) places.set(row, 'second');
    }
  }
  return rows.map((row) => {
    const rank = places.get(row);
    return rank === undefined ? row : { ...row, cells: markCell(row.cells, at, rank) };
  });
}

/** The rows of each protocol that have a number in a column; a lone row has nobody to be ranked with. */
function rivalsOf(rows: readonly TableRow[], at: number): TableRow[][] {
  const byProtocol = new Map<string, TableRow[]>();
  for (const row of rows) {
    const mean = row.cells[at]?.cell.mean ?? null;
    if (row.protocolHash === null || row.group === 'reference' || mean === null) continue;
    byProtocol.set(row.protocolHash, [...(byProtocol.get(row.protocolHash) ?? []), row]);
  }
  return [...byProtocol.values()].filter((rivals) => rivals.length > 1);
}

function markCell(
  cells: TableRow['cells'],
  at: number,
  rank: 'best' | 'second',
): TableRow['cells'] {
  return cells.map((cell, index) => (index === at && cell !== null ? { ...cell, rank } : cell));
}
