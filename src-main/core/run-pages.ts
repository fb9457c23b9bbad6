import type { RunRecord } from '#contract/run.ts';
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
  /** Metrics whose last values come along. */
  readonly lasts: readonly string[];
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
    /** By metric; those that the run does not have are missing. */
    readonly lasts: Readonly<Record<string, number | null>>;
  }[];
}

export interface RunPages {
  page(query: RunPageQuery): RunPage;
}

/** In the order in which they were created. */
export function foundRuns(context: CoreContext, query: RunSelection): RunIndexRow[] {
  const { status, ...rest } = query.filter;
  const filter = status === undefined ? rest : { ...rest, statuses: status };
  const ids = query.ids === undefined ? {} : { ids: query.ids };
  const words = wordsOf(query);
  return context.store.read.runs
    .index({ ...filter, ...ids })
    .filter((run) => words.length === 0 || holdsWords(run, words));
}

const wordsOf = ({ text = '' }: RunSelection): string[] =>
  text.toLowerCase().split(/\s+/).filter(Boolean);

interface FoundPage {
  readonly total: number;
  readonly page: readonly RunIndexRow[];
}

/** The rows of a page; the newest or oldest runs are cut out by the store, anything else here. */
function findPage(context: CoreContext, query: RunPageQuery): FoundPage {
  const { order, descending, offset, limit } = query;
  if (order === 'created' && query.ids === undefined && wordsOf(query).length === 0) {
    const { status, ...rest } = query.filter;
    const filter = status === undefined ? rest : { ...rest, statuses: status };
    const { runs } = context.store.read;
    const page = runs.index({ ...filter, descending, offset, limit });
    return { total: runs.total(filter), page };
  }
  const found = sortRuns(foundRuns(context, query), order, descending);
  return { total: found.length, page: found.slice(offset, offset + limit) };
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

/** The table of runs: filtered, sorted, one page at a time, with tags and the last values of chosen metrics. */
export function createRunPages(context: CoreContext): RunPages {
  const { read } = context.store;
  return {
    page: (query) =>
      context.store.snapshot('runs.page', () => {
        const { total, page } = findPage(context, query);
        const ids = page.map(({ id }) => id);
        const tags = read.runs.tagsOf(ids);
        const lasts = read.series.lastsOf(ids, query.lasts);
        const rows = ids.map((id) => ({
          ...rowOf(requireRun(context, id)),
          tags: tags.get(id) ?? [],
          lasts: lasts.get(id) ?? {},
        }));
        return { total, rows };
      }),
  };
}
