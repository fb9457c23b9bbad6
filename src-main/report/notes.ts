import type { Aggregation } from '#contract/protocol.ts';
import type { Significance, Spread } from '#contract/table-recipe.ts';
import type { Cell } from './cells.ts';
import { formatP } from './format.ts';
import type { Table, TableCell, TableOptions } from './table-model.ts';

const aggregationNotes: Record<Aggregation, string> = {
  'all-epochs': 'all-epochs: mean over every evaluation of a run',
  'last-quarter': 'last-quarter: mean over the last quarter of the evaluations of a run',
  final: 'final: the evaluation after the last epoch',
};

const spreadNotes: Record<Spread, string> = {
  std: 'mean ± sample standard deviation over seeds',
  sem: 'mean ± standard error over seeds',
  ci: 'mean ± half of the 95 % t interval over seeds',
  bootstrap: 'mean [95 % bootstrap interval over seeds]',
  none: 'mean over seeds',
};

/** What a reader must know to read the numbers: how they were made, and what is not in them. */
export function notesOf(table: Table, options: TableOptions): string[] {
  const shown = table.cells.flat().filter((cell) => cell !== null);
  return [
    `${aggregationNotes[table.aggregation]}; ${spreadNotes[table.spread]}.`,
    ...rankNotes(shown),
    ...seedNotes(shown),
    ...significanceNotes(shown, options.significance ?? null),
    ...markNotes(table),
    ...absenceNotes(shown),
    ...scopeNotes(shown),
    ...publishedNotes(shown),
  ];
}

function rankNotes(shown: readonly TableCell[]): string[] {
  const ranks = new Set(shown.map(({ rank }) => rank));
  if (!ranks.has('best')) return [];
  const second = ranks.has('second') ? ', the second underlined' : '';
  return [`The best of each metric and dataset is bold${second}.`];
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
const seeded = ({ group, mean }: Cell): boolean => group === 'own' && mean !== null;

/** How many seeds stand behind most own cells, and the other numbers in falling order of frequency. */
function seedCounts(cells: readonly Cell[]): [seeds: number, cells: number][] {
  const counts = new Map<number, number>();
  for (const { seeds } of cells.filter(seeded)) counts.set(seeds, (counts.get(seeds) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
}

/** Letters for own cells whose number of seeds is not that of most. */
export function seedMarks(cells: readonly Cell[]): Map<Cell, string> {
  const [, ...others] = seedCounts(cells).map(([seeds]) => seeds);
  const marked = cells.filter((cell) => seeded(cell) && others.includes(cell.seeds));
  return new Map(marked.map((cell) => [cell, letters[others.indexOf(cell.seeds)] ?? 'z']));
}

function seedNotes(shown: readonly TableCell[]): string[] {
  const cells = shown.map(({ cell }) => cell);
  const [usual, ...others] = seedCounts(cells).map(([seeds]) => seeds);
  if (usual === undefined) return [];
  const least = Math.min(usual, ...others);
  const few = least < 3 ? ' Fewer than three seeds say little about spread.' : '';
  const first = `${countOf(usual, 'seed')} per cell${others.length > 0 ? ' unless marked' : ''}.`;
  return [
    first + (others.length === 0 ? few : ''),
    ...others.map(
      (seeds, at) =>
        `${letters[at] ?? 'z'}: ${countOf(seeds, 'seed')}.${at === others.length - 1 ? few : ''}`,
    ),
  ];
}

const countOf = (count: number, noun: string): string =>
  count === 1 ? `1 ${noun}` : `${count} ${noun}s`;

const tests: Record<Significance['test'], string> = {
  welch: 'Welch’s t-test',
  'mann-whitney': 'Mann–Whitney U test',
};

function significanceNotes(shown: readonly TableCell[], choice: Significance | null): string[] {
  if (choice === null) return [];
  const found = shown.flatMap(({ comparison }) => comparison ?? []);
  const defined = found.filter(({ p }) => p !== null).length;
  const against = choice.baseline === null ? 'the best of its metric and dataset' : choice.baseline;
  if (defined === 0) {
    return [`No cell could be tested against ${against}: a test needs two seeds on both sides.`];
  }
  const better = choice.baseline === null ? '' : `*: significantly better than ${against}, `;
  const correction =
    choice.correction === 'holm'
      ? `Holm’s correction over ${countOf(defined, 'comparison')}, `
      : '';
  const untested = found.length - defined;
  return [
    `${better}†: significantly worse${better === '' ? ` than ${against}` : ''} (${tests[choice.test]}, two-sided, ` +
      `${correction}p < ${formatP(choice.alpha)}); unmarked cells differ less than could be told` +
      `${untested > 0 ? `, ${countOf(untested, 'cell')} could not be tested` : ''}.`,
  ];
}

function markNotes({ rows, columns }: Table): string[] {
  const marks = new Set(
    [...rows, ...columns].flatMap(({ heads }) => heads.map(({ mark }) => mark)),
  );
  return [
    ...(marks.has('‡') ? ['‡: a reconstruction, because the paper left details open.'] : []),
    ...(marks.has('§') ? ['§: the ground truth was rebuilt here, not supplied.'] : []),
  ];
}

function absenceNotes(shown: readonly TableCell[]): string[] {
  const places = new Map<string, { cell: Cell; missing: number; diverged: number }>();
  for (const { cell } of shown) {
    const place = JSON.stringify([cell.group, cell.label, cell.dataset, cell.protocolHash]);
    const before = places.get(place) ?? { missing: 0, diverged: 0 };
    places.set(place, {
      cell,
      missing: Math.max(before.missing, cell.missing),
      diverged: Math.max(before.diverged, cell.diverged),
    });
  }
  return [...places.values()].flatMap(({ cell: { label, dataset }, missing, diverged }) => [
    ...(missing > 0
      ? [`${label} on ${dataset}: ${countOf(missing, 'run')} without a value, left out.`]
      : []),
    ...(diverged > 0
      ? [
          `${label} on ${dataset}: ${countOf(diverged, 'run')} diverged, left out of the mean; not ranked.`,
        ]
      : []),
  ]);
}

function scopeNotes(shown: readonly TableCell[]): string[] {
  const cells = shown.map(({ cell }) => cell);
  const hashes = new Set(cells.flatMap(({ protocolHash }) => protocolHash ?? []));
  const versions = new Map<string, Set<string>>();
  for (const { dataset, datasetChecksum } of cells) {
    if (datasetChecksum === null) continue;
    versions.set(dataset, (versions.get(dataset) ?? new Set()).add(datasetChecksum));
  }
  const changed = [...versions].filter(([, checksums]) => checksums.size > 1);
  return [
    ...(hashes.size > 1
      ? [`Rows of ${hashes.size} protocols: marks compare rows of the same protocol only.`]
      : []),
    ...changed.map(
      ([dataset, { size }]) =>
        `${dataset} stands for ${size} different datasets of this name: marks compare results on the same one only.`,
    ),
  ];
}

function publishedNotes(shown: readonly TableCell[]): string[] {
  const sources = shown.flatMap(({ cell }) =>
    cell.group === 'published' ? (cell.source ?? []) : [],
  );
  return [...new Set(sources)].map((source) => `Published rows: ${source}`);
}
