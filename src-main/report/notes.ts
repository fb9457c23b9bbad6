import type { Aggregation } from '#contract/protocol.ts';
import type { Spread, TableColumn, TableRow } from './table-model.ts';

const aggregationNotes: Record<Aggregation, string> = {
  'all-epochs': 'all-epochs: mean over every evaluation of a run',
  'last-quarter': 'last-quarter: mean over the last quarter of the evaluations of a run',
  final: 'final: the evaluation after the last epoch',
};

const spreadNotes: Record<Spread, string> = {
  std: 'mean ± sample standard deviation over seeds',
  sem: 'mean ± standard error over seeds',
};

/** What a reader must know to read the numbers: how they were made, and what is not in them. */
export function notesOf(
  rows: readonly TableRow[],
  columns: readonly TableColumn[],
  aggregation: Aggregation,
  spread: Spread,
): string[] {
  return [
    `${aggregationNotes[aggregation]}; ${spreadNotes[spread]}.`,
    ...seedNotes(rows),
    ...rows.flatMap((row) => absenceNotes(row, columns)),
    ...protocolNotes(rows),
    ...publishedNotes(rows),
  ];
}

function seedNotes(rows: readonly TableRow[]): string[] {
  const counts = new Set(
    rows
      .filter((row) => row.group === 'own')
      .flatMap((row) => row.cells.flatMap((cell) => (cell === null ? [] : [cell.cell.seeds]))),
  );
  if (counts.size === 0) return [];
  const sorted = [...counts].sort((a, b) => a - b);
  const few =
    sorted[0] !== undefined && sorted[0] < 3
      ? ' Fewer than three seeds say little about spread.'
      : '';
  return [`Seeds per cell: ${sorted.join(', ')}.${few}`];
}

function absenceNotes(row: TableRow, columns: readonly TableColumn[]): string[] {
  const byDataset = new Map<string, { missing: number; diverged: number }>();
  row.cells.forEach((cell, at) => {
    const dataset = columns[at]?.dataset;
    if (cell === null || dataset === undefined) return;
    const before = byDataset.get(dataset) ?? { missing: 0, diverged: 0 };
    byDataset.set(dataset, {
      missing: Math.max(before.missing, cell.cell.missing),
      diverged: Math.max(before.diverged, cell.cell.diverged),
    });
  });
  return [...byDataset].flatMap(([dataset, { missing, diverged }]) => [
    ...(missing > 0
      ? [`${row.label} on ${dataset}: ${runs(missing)} without a value, left out.`]
      : []),
    ...(diverged > 0
      ? [`${row.label} on ${dataset}: ${runs(diverged)} diverged, left out of the mean.`]
      : []),
  ]);
}

const runs = (count: number): string => (count === 1 ? '1 run' : `${count} runs`);

function protocolNotes(rows: readonly TableRow[]): string[] {
  const hashes = new Set(
    rows.flatMap((row) => (row.protocolHash === null ? [] : [row.protocolHash])),
  );
  return hashes.size > 1
    ? [`Rows of ${hashes.size} protocols: marks compare rows of the same protocol only.`]
    : [];
}

function publishedNotes(rows: readonly TableRow[]): string[] {
  const sources = rows.flatMap((row) =>
    row.group === 'published' ? row.cells.flatMap((cell) => cell?.cell.source ?? []) : [],
  );
  return [...new Set(sources)].map((source) => `Published rows: ${source}`);
}
