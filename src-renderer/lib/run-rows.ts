import type { RunRow } from '#contract/routes/runs.ts';
import type { RunRecord } from '#contract/run.ts';
import { metricTitle } from './metric-title.ts';

/** What a cell of the table of runs can hold. */
export type CellValue = string | number | null;

/** How a column's cells are written and ordered. */
export type ColumnKind = 'text' | 'status' | 'number' | 'seconds' | 'time';

export interface RunColumn {
  /** Stable name, also used in queries: `status`, `metric.rTra`, `config.learningRate`. */
  readonly key: string;
  readonly title: string;
  readonly kind: ColumnKind;
  readonly value: (row: RunRow) => CellValue;
}

const column = (
  key: string,
  title: string,
  kind: ColumnKind,
  value: (row: RunRow) => CellValue,
): RunColumn => ({ key, title, kind, value });

/** Share of the current phase that is done, and the phases before it, between 0 and 1. */
export function progressOf(record: RunRecord): number | null {
  if (record.status === 'done') return 1;
  const { progress } = record;
  if (progress === null) return null;
  const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 0;
  return (progress.phase + share) / progress.phases;
}

/** Seconds that a running run's phase still takes, as far as that can be told. */
function leftOf(record: RunRecord): number | null {
  return record.status === 'running' ? (record.progress?.remainingS ?? null) : null;
}

/** Seconds from the first start to the end; null while the run has not ended. */
export function durationOf(record: RunRecord): number | null {
  if (record.startedAt === null || record.endedAt === null) return null;
  return (Date.parse(record.endedAt) - Date.parse(record.startedAt)) / 1000;
}

/** The columns that every run has. */
export const fixedColumns: readonly RunColumn[] = [
  column('label', 'Label', 'text', (run) => run.label),
  column('status', 'Status', 'status', (run) => run.status),
  column('experiment', 'Experiment', 'text', (run) => run.experiment),
  column('method', 'Method', 'text', (run) => run.spec.method),
  column('dataset', 'Dataset', 'text', (run) => run.spec.dataset),
  column('seed', 'Seed', 'number', (run) => run.spec.seed),
  column('progress', 'Progress', 'number', progressOf),
  column('left', 'Time left', 'seconds', leftOf),
  column('duration', 'Duration', 'seconds', durationOf),
  column('created', 'Created', 'time', (run) => run.createdAt),
  column('started', 'Started', 'time', (run) => run.startedAt),
  column('ended', 'Ended', 'time', (run) => run.endedAt),
  column('device', 'Device', 'text', (run) => run.device?.device ?? null),
  column('priority', 'Priority', 'number', (run) => run.priority),
  column('protocol', 'Protocol', 'text', (run) => run.protocolHash.slice(0, 8)),
  column('tags', 'Tags', 'text', (run) => run.tags.join(', ') || null),
  column('note', 'Note', 'text', (run) => run.note || null),
  column('favourite', 'Favourite', 'text', (run) => (run.favourite ? 'yes' : 'no')),
  column('archived', 'Archived', 'text', (run) => (run.archived ? 'yes' : 'no')),
  column('id', 'Id', 'text', (run) => run.id),
];

/** Columns of the first visit: what a run is, how far it is and what came out. */
export const defaultColumnKeys: readonly string[] = [
  'label',
  'status',
  'experiment',
  'dataset',
  'seed',
  'progress',
  'left',
  'metric.rTra',
  'metric.length',
  'duration',
  'tags',
  'created',
];

function cellOfSetting(value: unknown): CellValue {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  return JSON.stringify(value);
}

/** What a run ended with in a metric: its last evaluation, or the newest one while it has none. */
function metricOf({ lasts }: RunRow, final: string, newest: string): number | null {
  const last = lasts[final];
  return last === undefined ? (lasts[newest] ?? null) : last;
}

/** Columns of the metrics that the rows bring along under `final/` or `eval/`. */
export function metricColumns(rows: readonly RunRow[]): RunColumn[] {
  const names = new Set<string>();
  for (const { lasts } of rows) {
    for (const metric of Object.keys(lasts)) names.add(metric.slice(metric.indexOf('/') + 1));
  }
  return [...names].map((name) => ({
    key: `metric.${name}`,
    title: metricTitle(name),
    kind: 'number',
    value: (row) => metricOf(row, `final/${name}`, `eval/${name}`),
  }));
}

/** One column for each hyper-parameter that any of the rows has. */
export function settingColumns(rows: readonly RunRow[]): RunColumn[] {
  const kinds = new Map<string, 'number' | 'text'>();
  for (const { spec } of rows) {
    for (const [name, value] of Object.entries(spec.config)) {
      const kind = typeof value === 'number' ? 'number' : 'text';
      if (!kinds.has(name) || kind === 'text') kinds.set(name, kind);
    }
  }
  return [...kinds].map(([name, kind]) => ({
    key: `config.${name}`,
    title: name,
    kind,
    value: (row) => cellOfSetting(row.spec.config[name]),
  }));
}
