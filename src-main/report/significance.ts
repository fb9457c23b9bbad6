import type { Significance } from '#contract/table-recipe.ts';
import type { Cell } from './cells.ts';
import { directionOf, scopesOf } from './ranking.ts';
import { bootstrapDifference } from './statistics/bootstrap.ts';
import { holm } from './statistics/correction.ts';
import { hedgesG, probabilityOfLarger } from './statistics/effect-size.ts';
import { minimumDetectableDifference, moreSeedsNeeded } from './statistics/power.ts';
import { finiteOf, type Interval } from './statistics/sample.ts';
import { mannWhitneyTest, welchTest } from './statistics/tests.ts';
import type { CellComparison, MetricInfo, Table, TableCell } from './table-model.ts';

const valuesOf = (cell: Cell): number[] => finiteOf(cell.values.map(({ value }) => value));

interface Pair {
  readonly cell: Cell;
  readonly baseline: Cell;
  readonly direction: 'max' | 'min';
}

/** The cell that the others of its scope are compared with: the named row, or the best by its mean. */
function baselineOf(
  scope: readonly Cell[],
  label: string | null,
  direction: 'max' | 'min',
): Cell | undefined {
  if (label !== null) return scope.find((cell) => cell.label === label);
  const sign = direction === 'max' ? 1 : -1;
  return scope.reduce<Cell | undefined>(
    (best, cell) =>
      best === undefined || sign * (cell.mean ?? 0) > sign * (best.mean ?? 0) ? cell : best,
    undefined,
  );
}

function pairsOf(
  cells: readonly Cell[],
  metrics: readonly MetricInfo[],
  label: string | null,
): Pair[] {
  const own = cells.filter(({ group }) => group === 'own').map((cell) => ({ cell }));
  return scopesOf(own).flatMap((entries) => {
    const scope = entries.map(({ cell }) => cell);
    const direction = directionOf(scope[0], metrics);
    if (direction === 'none') return [];
    const baseline = baselineOf(scope, label, direction);
    if (baseline === undefined) return [];
    return scope.filter((cell) => cell !== baseline).map((cell) => ({ cell, baseline, direction }));
  });
}

function testOf({ cell, baseline }: Pair, test: Significance['test']): number | null {
  const [own, other] = [valuesOf(cell), valuesOf(baseline)];
  // One value a side can be ranked, but never tell more than that.
  if (own.length < 2 || other.length < 2) return null;
  const result = test === 'welch' ? welchTest(own, other) : mannWhitneyTest(own, other);
  return result?.p ?? null;
}

function compare(
  pair: Pair,
  { test, alpha }: Significance,
  p: number | null,
  corrected: number | null,
): CellComparison {
  const { cell, baseline, direction } = pair;
  const [own, other] = [valuesOf(cell), valuesOf(baseline)];
  const difference =
    cell.mean === null || baseline.mean === null ? null : cell.mean - baseline.mean;
  const isBetter = direction === 'max' ? (difference ?? 0) > 0 : (difference ?? 0) < 0;
  const isDecided = corrected !== null && corrected < alpha;
  return {
    baseline: baseline.label,
    test,
    difference,
    p,
    corrected,
    effect: hedgesG(own, other),
    improvement:
      direction === 'max' ? probabilityOfLarger(own, other) : probabilityOfLarger(other, own),
    verdict: isDecided
      ? isBetter
        ? 'better'
        : 'worse'
      : corrected === null
        ? 'undefined'
        : 'undecided',
  };
}

/** What takes longer to work out, for one comparison that somebody looks at. */
export interface Outlook {
  /** 95 % bootstrap interval of the difference of means. */
  readonly interval: Interval | null;
  /** Smallest true difference that so many seeds would find with a chance of 80 %. */
  readonly detectable: number | null;
  /** How many more seeds a difference like this needs; 0 when there are enough. */
  readonly moreSeeds: number | null;
}

/** How sure a difference is, and what would make it surer. */
export function outlookOf(cell: Cell, baseline: Cell, alpha: number): Outlook {
  const [own, other] = [valuesOf(cell), valuesOf(baseline)];
  return {
    interval: bootstrapDifference(own, other),
    detectable: minimumDetectableDifference(own, other, { alpha }),
    moreSeeds: moreSeedsNeeded(own, other, { alpha }),
  };
}

/** The cell that one was compared with. */
export function baselineIn(table: Table, { cell, comparison }: TableCell): Cell | null {
  const all = table.cells.flat().flatMap((each) => each?.cell ?? []);
  const scope = scopesOf(all.map((each) => ({ cell: each }))).find((entries) =>
    entries.some((entry) => entry.cell === cell),
  );
  const found = scope?.find(
    (entry) => entry.cell.group === 'own' && entry.cell.label === comparison?.baseline,
  );
  return found?.cell ?? null;
}

/** Every own cell against its baseline. A correction counts all comparisons of the table that are defined. */
export function comparisonsOf(
  cells: readonly Cell[],
  metrics: readonly MetricInfo[],
  choice: Significance,
): Map<Cell, CellComparison> {
  const pairs = pairsOf(cells, metrics, choice.baseline);
  const found = pairs.map((pair) => testOf(pair, choice.test));
  const corrected = choice.correction === 'holm' ? holm(found) : found;
  return new Map(
    pairs.map((pair, at) => [
      pair.cell,
      compare(pair, choice, found[at] ?? null, corrected[at] ?? null),
    ]),
  );
}
