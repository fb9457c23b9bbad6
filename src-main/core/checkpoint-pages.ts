import { existsSync } from 'node:fs';
import type { CheckpointRow } from '#contract/routes/checkpoints.ts';
import type { StoredCheckpoint } from '#store/checkpoints.ts';
import type { RunIndexRow } from '#store/runs-read.ts';
import type { CheckpointPage, CheckpointQuery, RunSelection } from './api.ts';
import { checkpointFolder, type CoreContext } from './context.ts';
import { foundRuns } from './run-pages.ts';

interface Found {
  readonly checkpoint: StoredCheckpoint;
  readonly run: RunIndexRow;
}

const orders = {
  created: ({ checkpoint }: Found) => checkpoint.createdAt,
  bytes: ({ checkpoint }: Found) => checkpoint.bytes,
  step: ({ checkpoint }: Found) => checkpoint.phase * 1e12 + checkpoint.step,
  run: ({ run }: Found) => `${run.experiment}\n${run.label}\n${run.dataset}\n${String(run.seed)}`,
} as const;

/** Checkpoints of the runs that a filter lets through; those of one run together, oldest first. */
export function findCheckpoints(context: CoreContext, of: RunSelection): Found[] {
  const runs = new Map(foundRuns(context, of).map((run) => [run.id, run]));
  return context.store.read.checkpoints.all().flatMap((checkpoint) => {
    const run = runs.get(checkpoint.run);
    return run === undefined ? [] : [{ checkpoint, run }];
  });
}

/** The newest value of a metric among the points that a checkpoint covers; null where it is none or not finite. */
export function metricAt(
  context: CoreContext,
  { run, metricCount }: StoredCheckpoint,
  metric: string,
): number | null {
  const value = context.store.read.series.valueBefore(run, metric, metricCount);
  return value !== null && Number.isFinite(value) ? value : null;
}

function toRow(context: CoreContext, found: Found, metrics: readonly string[]): CheckpointRow {
  const { checkpoint, run } = found;
  const { experiment, label, status, dataset, method, seed } = run;
  const folder = checkpointFolder(context.home, run.id, checkpoint.name);
  return {
    ...checkpoint,
    folder,
    present: existsSync(folder),
    of: { experiment, label, status, dataset, method, seed },
    metrics: Object.fromEntries(
      metrics.map((metric) => [metric, metricAt(context, checkpoint, metric)]),
    ),
  };
}

export function pageOfCheckpoints(context: CoreContext, query: CheckpointQuery): CheckpointPage {
  const { of, final, order, descending, offset, limit, metrics } = query;
  return context.store.snapshot('checkpoints.page', () => {
    const found = findCheckpoints(context, of).filter(
      ({ checkpoint }) => final === undefined || checkpoint.final === final,
    );
    const key = orders[order];
    const sign = descending ? -1 : 1;
    const keyed = found.map((each) => ({ each, key: key(each) }));
    keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : 0));
    return {
      total: found.length,
      bytes: found.reduce((sum, { checkpoint }) => sum + checkpoint.bytes, 0),
      rows: keyed.slice(offset, offset + limit).map(({ each }) => toRow(context, each, metrics)),
    };
  });
}
