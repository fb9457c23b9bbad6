import type { RunRow } from '#contract/routes/runs.ts';
import type { MetricSummary, RunStatus } from '#contract/run.ts';
import { bootstrapDifference } from '#report/statistics/bootstrap.ts';
import { holm } from '#report/statistics/correction.ts';
import { hedgesG, probabilityOfLarger } from '#report/statistics/effect-size.ts';
import { minimumDetectableDifference, moreSeedsNeeded } from '#report/statistics/power.ts';
import {
  mean,
  standardDeviation,
  standardError,
  type Interval,
} from '#report/statistics/sample.ts';
import { mannWhitneyTest, welchTest } from '#report/statistics/tests.ts';
import type { RunGroup } from './compare-groups.ts';

/** How a run's series becomes one number. */
export const condensations = [
  { value: 'final', label: 'Final evaluation' },
  { value: 'all-epochs', label: 'Mean over all points' },
  { value: 'last-quarter', label: 'Mean over the last quarter' },
  { value: 'best', label: 'Best point' },
] as const;
export type Condensation = (typeof condensations)[number]['value'];

/** Summaries of the series that were asked for, by run and metric. */
export type Summaries = ReadonlyMap<string, ReadonlyMap<string, MetricSummary>>;

/** Metrics that are evaluated both along training and at its end go by the name without `eval/` or `final/`. */
export function quantityOf(metric: string): string {
  return metric.replace(/^(eval|final)\/(?!.*\/)/, '');
}

/** The series that a quantity may be taken from, the preferred one first. */
export function seriesOf(quantity: string): string[] {
  return quantity.includes('/') ? [quantity] : [`final/${quantity}`, `eval/${quantity}`];
}

const readings: Readonly<Record<Condensation, (summary: MetricSummary) => number | null>> = {
  final: ({ last }) => last ?? Number.NaN,
  'all-epochs': (summary) => (isWhole(summary) ? summary.mean : Number.NaN),
  'last-quarter': (summary) => (isWhole(summary) ? summary.lastQuarter : Number.NaN),
  best: ({ best }) => best,
};

/** A series with points that are not finite has no mean that means anything. */
const isWhole = ({ finite, count }: MetricSummary): boolean => finite === count;

/** A run's number; null when it has none yet, NaN when it diverged. */
export function valueOf(
  summaries: ReadonlyMap<string, MetricSummary> | undefined,
  quantity: string,
  condensation: Condensation,
): number | null {
  const [final, along] = seriesOf(quantity);
  const first = condensation === 'final' ? [final, along] : [along ?? final];
  for (const name of first) {
    const summary = name === undefined ? undefined : summaries?.get(name);
    if (summary !== undefined) return readings[condensation](summary);
  }
  return null;
}

/** How runs are read: which number of each, and whether those count that are not done. */
export interface Reading {
  readonly condensation: Condensation;
  readonly unfinished: boolean;
}

/**
 * The number with which a run enters a result; null when it has none. A run that goes on or ended early has been
 * trained for less than the others: its number is another quantity, and does not count unless asked for.
 */
export function resultOf(
  { id, status }: Pick<RunRow, 'id' | 'status'>,
  summaries: Summaries,
  quantity: string,
  { condensation, unfinished }: Reading,
): number | null {
  if (status !== 'done' && !unfinished) return null;
  return valueOf(summaries.get(id), quantity, condensation);
}

/** What a group has to show in one metric. */
export interface GroupResult {
  readonly group: RunGroup;
  /** Finite values, one a run. */
  readonly values: readonly number[];
  readonly mean: number | null;
  readonly std: number | null;
  readonly sem: number | null;
  /** States of the runs that are not done; their numbers are among the values only where the reading says so. */
  readonly unfinished: readonly RunStatus[];
  /** Other runs without a value, and runs whose value is not finite. */
  readonly missing: number;
  readonly diverged: number;
}

export function groupResult(
  group: RunGroup,
  summaries: Summaries,
  quantity: string,
  reading: Reading,
): GroupResult {
  const counted = group.rows.filter(({ status }) => status === 'done' || reading.unfinished);
  const all = counted.map((row) => resultOf(row, summaries, quantity, reading));
  const present = all.filter((value) => value !== null);
  const values = present.filter((value) => Number.isFinite(value));
  return {
    group,
    values,
    mean: mean(values),
    std: standardDeviation(values),
    sem: standardError(values),
    unfinished: group.rows.map(({ status }) => status).filter((status) => status !== 'done'),
    missing: all.length - present.length,
    diverged: present.length - values.length,
  };
}

/** A group against the baseline; null where the samples are too small to say. */
export interface Comparison {
  /** Mean of the group minus mean of the baseline, and its bootstrap interval. */
  readonly difference: number | null;
  readonly interval: Interval | null;
  readonly welchP: number | null;
  readonly mannWhitneyP: number | null;
  /** The same after Holm over all that is compared, groups and metrics. */
  readonly welchHolm: number | null;
  readonly mannWhitneyHolm: number | null;
  /** Hedges' g. */
  readonly effect: number | null;
  /** That a run of the group is better than one of the baseline. */
  readonly improvement: number | null;
  readonly detectable: number | null;
  /**
   * Seeds that both sides lack for a difference like this to be found at 5 % with a chance of 80 %. Zero only where
   * it was found among all that are compared; null where nothing can be said.
   */
  readonly moreSeeds: number | null;
}

/** One metric of several groups, against that of a baseline. */
export interface Matchup {
  readonly baseline: GroupResult;
  readonly rivals: readonly GroupResult[];
  readonly direction: 'max' | 'min' | 'none';
}

/** Differences with a smaller p, corrected, are told from none. */
export const significantBelow = 0.05;

type Uncorrected = Omit<Comparison, 'welchHolm' | 'mannWhitneyHolm'>;

function against(baseline: GroupResult, rival: GroupResult, isLessBetter: boolean): Uncorrected {
  const [own, other] = [rival.values, baseline.values];
  const difference =
    rival.mean === null || baseline.mean === null ? null : rival.mean - baseline.mean;
  return {
    difference,
    interval: bootstrapDifference(own, other),
    welchP: welchTest(own, other)?.p ?? null,
    mannWhitneyP: mannWhitneyTest(own, other)?.p ?? null,
    effect: hedgesG(own, other),
    improvement: isLessBetter ? probabilityOfLarger(other, own) : probabilityOfLarger(own, other),
    detectable: minimumDetectableDifference(own, other),
    moreSeeds: moreSeedsNeeded(own, other),
  };
}

/** Corrected over all comparisons that are made; metrics that point nowhere do not count among those that do. */
function correctAll(values: readonly (number | null)[], isRanked: readonly boolean[]) {
  const ranked = holm(values.map((p, at) => (isRanked[at] === true ? p : null)));
  const others = holm(values.map((p, at) => (isRanked[at] === true ? null : p)));
  return ranked.map((p, at) => p ?? others[at] ?? null);
}

/**
 * Every group against the baseline, a list a metric. Corrected over all metrics together, as in a table: the same
 * numbers have the same p in both.
 */
export function compareAll(matchups: readonly Matchup[]): Comparison[][] {
  const found = matchups.flatMap(({ baseline, rivals, direction }) =>
    rivals.map((rival) => against(baseline, rival, direction === 'min')),
  );
  const isRanked = matchups.flatMap(({ rivals, direction }) =>
    rivals.map(() => direction !== 'none'),
  );
  const welchHolm = correctAll(
    found.map(({ welchP }) => welchP),
    isRanked,
  );
  const rankHolm = correctAll(
    found.map(({ mannWhitneyP }) => mannWhitneyP),
    isRanked,
  );
  const compared = found.map((each, at) => {
    const corrected = welchHolm[at] ?? null;
    // The estimate knows of one test alone: among several, what it calls enough need not have been.
    const isFound = corrected !== null && corrected < significantBelow;
    const moreSeeds = each.moreSeeds === 0 && !isFound ? null : each.moreSeeds;
    return { ...each, moreSeeds, welchHolm: corrected, mannWhitneyHolm: rankHolm[at] ?? null };
  });
  let from = 0;
  return matchups.map(({ rivals }) => compared.slice(from, (from += rivals.length)));
}

/** Groups whose results may stand in one ranking: the same dataset under the same protocol. */
export interface ComparableBlock {
  readonly key: string;
  readonly dataset: string;
  readonly datasetChecksum: string;
  readonly protocolHash: string;
  readonly groups: readonly RunGroup[];
}

export interface ComparableBlocks {
  readonly blocks: readonly ComparableBlock[];
  /** Groups whose own runs are under several protocols or on several datasets: they cannot be compared as one. */
  readonly mixed: readonly RunGroup[];
}

export function comparableBlocks(groups: readonly RunGroup[]): ComparableBlocks {
  const blocks = new Map<string, ComparableBlock>();
  const mixed: RunGroup[] = [];
  for (const group of groups) {
    const keys = new Set(
      group.rows.map((row) => `${row.spec.datasetChecksum} ${row.protocolHash}`),
    );
    const [first] = group.rows;
    const [key] = keys;
    if (first === undefined || key === undefined) continue;
    if (keys.size > 1) {
      mixed.push(group);
      continue;
    }
    const block = blocks.get(key) ?? {
      key,
      dataset: first.spec.dataset,
      datasetChecksum: first.spec.datasetChecksum,
      protocolHash: first.protocolHash,
      groups: [],
    };
    blocks.set(key, { ...block, groups: [...block.groups, group] });
  }
  return { blocks: [...blocks.values()], mixed };
}
