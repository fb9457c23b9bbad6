import type { BenchEntry } from './entry.ts';

const headings = [
  'name',
  'unit',
  'ours',
  'peer',
  'ratio',
  'best',
  'peer best',
  'rounds',
  'bar',
  'note',
];

/** The entries as a table of plain text, one line each. */
export function formatTable(entries: readonly BenchEntry[]): string {
  const rows = [headings, ...entries.map(cells)];
  const widths = headings.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const numeric = column >= 2 && column <= 7;
          const width = widths[column] ?? 0;
          return numeric ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function cells(entry: BenchEntry): string[] {
  return [
    entry.name,
    entry.unit,
    shown(entry.ours),
    shown(entry.peer),
    entry.ratio === null ? '–' : entry.ratio.toFixed(2),
    shown(entry.min ?? null),
    shown(entry.peerMin ?? null),
    String(entry.rounds ?? ''),
    judged(entry),
    entry.note ?? '',
  ];
}

function shown(value: number | null): string {
  if (value === null) return '–';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return value.toPrecision(4);
}

/** The bar and whether it is met: times must stay below it, rates above. */
function judged({ bar, unit, ours, ratio }: BenchEntry): string {
  if (bar === undefined) return '';
  const value = bar.of === 'ratio' ? ratio : ours;
  if (value === null) return '';
  const isRate = unit.endsWith('/s');
  const met = isRate ? value >= bar.bound : value <= bar.bound;
  const subject = bar.of === 'ratio' ? 'ratio ' : '';
  return `${met ? 'met' : 'MISSED'} (${subject}${isRate ? '≥' : '≤'} ${bar.bound})`;
}
