import type { Dimension } from '#contract/table-recipe.ts';
import type { Cell } from './cells.ts';
import type { Standing, TableHead, TableLine, TableOptions } from './table-model.ts';

/** One name of one dimension: the cells that belong to it share the key. */
interface Name {
  readonly key: string;
  readonly head: TableHead;
  readonly standing: Standing;
}

/** A row or column, with the keys that find its cells. */
export interface KeyedLine extends TableLine {
  readonly keys: ReadonlyMap<Dimension, string>;
}

const standings: readonly Standing[] = ['own', 'reference', 'published', 'apart'];

const standingOf = ({ group, differences }: Cell): Standing =>
  group === 'published' && differences.length > 0 ? 'apart' : group;

const remarks: Readonly<Record<Standing, string | null>> = {
  own: null,
  reference: 'reference',
  published: 'published',
  apart: 'published, not comparable',
};

/** What makes two cells stand in the same row (or column) of a dimension. */
export const keyOf: Readonly<Record<Dimension, (cell: Cell) => string>> = {
  method: ({ group, method, label, protocolHash, source }) =>
    JSON.stringify([group, method, label, protocolHash, source]),
  dataset: ({ dataset }) => dataset,
  metric: ({ metric }) => metric,
};

function methodNames(cells: readonly Cell[], { methods }: TableOptions): Name[] {
  const own = cells.filter(({ group }) => group === 'own');
  const hashes = new Set(own.map(({ protocolHash }) => protocolHash));
  const names = new Map<string, Name & { readonly cell: Cell }>();
  for (const cell of cells) {
    const key = keyOf.method(cell);
    if (names.has(key)) continue;
    const standing = standingOf(cell);
    const protocol =
      cell.group === 'own' && hashes.size > 1
        ? `protocol ${cell.protocolHash?.slice(0, 6) ?? ''}`
        : null;
    const head: TableHead = {
      dimension: 'method',
      text: cell.label,
      remark: remarks[standing] ?? protocol,
      mark: cell.reconstruction ? '‡' : null,
      direction: 'none',
    };
    names.set(key, { key, head, standing, cell });
  }
  const place = ({ cell }: { cell: Cell }): number =>
    methods === undefined || methods === null || cell.group !== 'own'
      ? 0
      : methods.indexOf(cell.label);
  return [...names.values()]
    .filter((name) => place(name) >= 0)
    .sort(
      (a, b) =>
        standings.indexOf(a.standing) - standings.indexOf(b.standing) || place(a) - place(b),
    );
}

function datasetNames(cells: readonly Cell[], { datasets }: TableOptions): Name[] {
  const present = [...new Set(cells.map(({ dataset }) => dataset))];
  const chosen = datasets?.filter((dataset) => present.includes(dataset)) ?? present;
  return chosen.map((dataset) => {
    const isRebuilt = cells.some(
      (cell) => cell.dataset === dataset && cell.groundTruth === 'rebuilt',
    );
    const head: TableHead = {
      dimension: 'dataset',
      text: dataset,
      remark: null,
      mark: isRebuilt ? '§' : null,
      direction: 'none',
    };
    return { key: dataset, head, standing: 'own' };
  });
}

const metricNames = ({ metrics }: TableOptions): Name[] =>
  metrics.map(({ metric, title, direction }) => ({
    key: metric,
    head: { dimension: 'metric', text: title, remark: null, mark: null, direction },
    standing: 'own',
  }));

export function namesOf(
  cells: readonly Cell[],
  options: TableOptions,
): Readonly<Record<Dimension, readonly Name[]>> {
  return {
    method: methodNames(cells, options),
    dataset: datasetNames(cells, options),
    metric: metricNames(options),
  };
}

/** Every combination of names that has a cell, in the order of the names, the first dimension outermost. */
export function linesOf(
  cells: readonly Cell[],
  dimensions: readonly Dimension[],
  names: Readonly<Record<Dimension, readonly Name[]>>,
): KeyedLine[] {
  const keysOf = (of: readonly Dimension[], cell: Cell): string =>
    JSON.stringify(of.map((dimension) => keyOf[dimension](cell)));
  const present = new Set(cells.map((cell) => keysOf(dimensions, cell)));
  const combinations = dimensions.reduce<Name[][]>(
    (before, dimension) =>
      before.flatMap((outer) => names[dimension].map((name) => [...outer, name])),
    [[]],
  );
  return combinations
    .filter((line) => present.has(JSON.stringify(line.map(({ key }) => key))))
    .map((line) => ({
      heads: line.map(({ head }) => head),
      standing: line.find(({ standing }) => standing !== 'own')?.standing ?? 'own',
      keys: new Map(dimensions.map((dimension, at) => [dimension, line[at]?.key ?? ''])),
    }));
}

/** The cell of a row and a column. */
export function cellAt(
  cells: ReadonlyMap<string, Cell>,
  row: KeyedLine,
  column: KeyedLine,
): Cell | null {
  const key = (dimension: Dimension): string =>
    row.keys.get(dimension) ?? column.keys.get(dimension) ?? '';
  return cells.get(placeKey(key('method'), key('dataset'), key('metric'))) ?? null;
}

export const placeKey = (...keys: readonly string[]): string => JSON.stringify(keys);
