import type { TableEntry } from '#contract/routes/tables.ts';
import { finiteOf, mean, standardDeviation } from '#report/statistics/sample.ts';

/** The best of one experiment on one dataset under one protocol, beside what needs no learning. */
export interface RecentResult {
  readonly experiment: string;
  readonly dataset: string;
  readonly best: ResultValue;
  /** The best reference policy that is scored; null when none is. */
  readonly reference: ResultValue | null;
  /** Methods that have a value. */
  readonly methods: number;
}

interface ResultValue {
  readonly label: string;
  readonly mean: number;
  /** Over seeds; null for one. */
  readonly deviation: number | null;
  readonly seeds: number;
}

function valueOf({ label, values }: TableEntry): ResultValue | null {
  const finite = finiteOf(values.map(({ value }) => value));
  const average = mean(finite);
  if (average === null) return null;
  return { label, mean: average, deviation: standardDeviation(finite), seeds: finite.length };
}

const best = (values: readonly ResultValue[]): ResultValue | null =>
  values.reduce<ResultValue | null>(
    (before, value) => (before === null || value.mean > before.mean ? value : before),
    null,
  );

/** References that no policy could be: they know the truth. */
const beyond = /oracle|best fixed list/i;

const valuesOf = (entries: readonly TableEntry[]): ResultValue[] =>
  entries.flatMap((entry) => valueOf(entry) ?? []);

/** One line for each experiment, dataset and protocol that has values; `entries` are of one metric that grows. */
export function recentResults(entries: readonly TableEntry[]): RecentResult[] {
  // A reference is scored once for a dataset and protocol, whichever experiment it is told with.
  const ruleOf = ({ dataset, protocolHash }: TableEntry): string =>
    JSON.stringify([dataset, protocolHash]);
  const references = Map.groupBy(
    entries.filter(({ reference, label }) => reference && !beyond.test(label)),
    ruleOf,
  );
  const own = Map.groupBy(
    entries.filter(({ reference }) => !reference),
    (entry) => JSON.stringify([entry.experiment, ruleOf(entry)]),
  );
  return [...own.values()].flatMap((inSetting): RecentResult[] => {
    const values = valuesOf(inSetting);
    const winner = best(values);
    const [first] = inSetting;
    if (winner === null || first === undefined) return [];
    const { experiment, dataset } = first;
    const reference = best(valuesOf(references.get(ruleOf(first)) ?? []));
    return [{ experiment, dataset, best: winner, reference, methods: values.length }];
  });
}
