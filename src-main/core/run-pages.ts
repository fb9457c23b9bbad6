import type { MetricSummary, RunRecord } from '#contract/run.ts';
import type { RunIndexRow, StoredRun } from '#store/runs-read.ts';
import type { RunSelection } from './api.ts';
import type { CoreContext } from './context.ts';
import { requireRun } from './run-lookup.ts';

const orders = {
  created: null,
  experiment: (run: RunIndexRow) => run.experiment,
  dataset: (run: RunIndexRow) => run.dataset,
  method: (run: RunIndexRow) => run.method,
  label: (run: RunIndexRow) => run.label,
  seed: (run: RunIndexRow) => run.seed,
  status: (run: RunIndexRow) => run.status,
  priority: (run: RunIndexRow) => run.priority,
  started: (run: RunIndexRow) => run.started_at ?? '',
  ended: (run: RunIndexRow) => run.ended_at ?? '',
} as const;

export type RunOrder = keyof typeof orders;

export interface RunPageQuery extends RunSelection {
  readonly order: RunOrder;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
  /** Metrics whose summaries come along. */
  readonly metrics: readonly string[];
}

export interface RunPage {
  /** Number of all runs that were found; `rows` are some of them. */
  readonly total: number;
  readonly rows: readonly {
    readonly record: RunRecord;
    readonly tags: readonly string[];
    readonly note: string;
    readonly favourite: boolean;
    readonly archived: boolean;
    readonly metrics: readonly MetricSummary[];
  }[];
}

export interface RunPages {
  page(query: RunPageQuery): RunPage;
}

/** In the order in which they were created. */
export function foundRuns(context: CoreContext, query: RunSelection): RunIndexRow[] {
  const { status, ...rest } = query.filter;
  const filter = status === undefined ? rest : { ...rest, statuses: status };
  const ids = query.ids === undefined ? null : new Set(query.ids);
  const words = (query.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return context.store.read.runs
    .index(filter)
    .filter((run) => ids?.has(run.id) ?? true)
    .filter((run) => words.length === 0 || holdsWords(run, words));
}

function holdsWords(run: RunIndexRow, words: readonly string[]): boolean {
  const { id, experiment, dataset, method, label } = run;
  const text = [id, experiment, dataset, method, label].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Stable, so that equal runs stay in the order in which they were created. */
function sortRuns(runs: RunIndexRow[], order: RunOrder, descending: boolean): RunIndexRow[] {
  const key = orders[order];
  if (key === null) return descending ? runs.reverse() : runs;
  const sign = descending ? -1 : 1;
  const keyed = runs.map((run) => ({ run, key: key(run) }));
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0));
  return keyed.map(({ run }) => run);
}

const rowOf = ({ record, note, favourite, archived }: StoredRun) => ({
  record,
  note,
  favourite,
  archived,
});

/** The table of runs: filtered, sorted, one page at a time, with tags and chosen metrics. */
export function createRunPages(context: CoreContext): RunPages {
  const { read } = context.store;
  return {
    page: (query) =>
      context.store.snapshot('runs.page', () => {
        const found = sortRuns(foundRuns(context, query), query.order, query.descending);
        const page = found.slice(query.offset, query.offset + query.limit);
        const rows = page.map(({ id }) => ({
          ...rowOf(requireRun(context, id)),
          tags: read.runs.tags(id),
          metrics: query.metrics.flatMap((metric) => read.series.summary(id, metric) ?? []),
        }));
        return { total: found.length, rows };
      }),
  };
}
