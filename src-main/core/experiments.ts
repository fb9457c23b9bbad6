import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { OffrecError } from '#contract/errors.ts';
import type { ExperimentFile } from '#contract/experiment.ts';
import type { RunRecord } from '#contract/run.ts';
import type { StoredExperiment } from '#store/experiments.ts';
import type { StoredRun } from '#store/runs-read.ts';
import type {
  CreatedExperiment,
  Datasets,
  ExperimentRecord,
  Experiments,
  PlannedRun,
} from './api.ts';
import { runFolder, type CoreContext } from './context.ts';
import type { Estimator } from './estimate.ts';
import { planCells, type Cell } from './plan.ts';
import { currentBudget } from './queue.ts';
import type { QueueOwner } from './queue-owner.ts';
import { newRunId, requireRun } from './run-lookup.ts';

/** Runs of the experiment by the hash of their specification; forks are not the file's runs. */
function runsBySpec(context: CoreContext, experiment: string): Map<string, StoredRun> {
  const runs = context.store.read.runs.list({ experiment, superseded: true });
  const own = runs.filter(({ record }) => record.parent === null);
  // Later ones win: after a repetition the newest run is the one that counts.
  return new Map(own.map((run) => [run.record.specHash, run]));
}

function insertRun(context: CoreContext, file: ExperimentFile, cell: Cell): string {
  const id = newRunId();
  context.store.write.runs.insert({
    ...cell,
    id,
    experiment: file.name,
    priority: file.priority,
    parent: null,
  });
  return id;
}

function requeueResting(context: CoreContext, run: StoredRun): void {
  const from = ['paused', 'interrupted', 'failed', 'stopped'] as const;
  context.store.write.runs.setStatus(run.record.id, from, 'queued', { error: null, ended: false });
}

interface CreateOptions {
  readonly again?: boolean;
  readonly requeue?: boolean;
}

/** Writes what the file asks for in one transaction; returns the runs' ids in the file's order. */
function writeExperiment(
  context: CoreContext,
  file: ExperimentFile,
  cells: readonly Cell[],
  { again = false, requeue = true }: CreateOptions,
): { ids: string[]; added: number } {
  const { write } = context.store;
  return context.store.atomically('createExperiment', () => {
    write.experiments.put(file);
    const before = runsBySpec(context, file.name);
    const ids: string[] = [];
    let added = 0;
    for (const cell of cells) {
      const existing = before.get(cell.specHash);
      if (existing === undefined || again) {
        ids.push(insertRun(context, file, cell));
        added += 1;
        continue;
      }
      ids.push(existing.record.id);
      write.runs.setLabel(existing.record.id, cell.label);
      write.runs.setSuperseded(existing.record.id, false);
      if (requeue) requeueResting(context, existing);
    }
    supersedeOthers(context, file.name, new Set(ids));
    return { ids, added };
  });
}

/** Runs that the file no longer names leave the table; those that wait leave the queue. */
function supersedeOthers(context: CoreContext, experiment: string, named: Set<string>): void {
  const { read, write } = context.store;
  for (const { record } of read.runs.list({ experiment })) {
    if (named.has(record.id) || record.parent !== null) continue;
    write.runs.setSuperseded(record.id, true);
    write.runs.setStatus(record.id, ['queued'], 'stopped', { ended: true });
  }
}

function toRecord(context: CoreContext, stored: StoredExperiment): ExperimentRecord {
  return { ...stored, counts: context.store.read.runs.countsByStatus(stored.name) };
}

async function removeExperiment(context: CoreContext, name: string): Promise<void> {
  const { read, write } = context.store;
  const runs = read.runs.list({ experiment: name, superseded: true });
  const busy = runs.find(({ record }) => ['running', 'pausing'].includes(record.status));
  if (busy !== undefined) {
    throw new OffrecError('busy', `Run ${busy.record.id} of ${name} is ${busy.record.status}.`, {
      hint: 'Stop it first.',
    });
  }
  context.store.atomically('removeExperiment', () => {
    for (const { record } of runs) write.runs.remove(record.id);
    write.experiments.remove(name);
  });
  for (const { record } of runs) {
    await rm(runFolder(context.home, record.id), { recursive: true, force: true });
  }
}

/** Experiments: what a file asks for, as runs. */
export function createExperiments(
  context: CoreContext,
  datasets: Pick<Datasets, 'show'>,
  owner: QueueOwner,
  estimator: Estimator,
): Experiments {
  const { read } = context.store;
  const cellsOf = (file: ExperimentFile): Promise<Cell[]> =>
    planCells(file, (name) => datasets.show(name));
  const find = (name: string): StoredExperiment => {
    const stored = read.experiments.get(name);
    if (stored !== null) return stored;
    throw new OffrecError('not-found', `There is no experiment ${name}.`);
  };
  return {
    async plan(file): Promise<PlannedRun[]> {
      const before = runsBySpec(context, file.name);
      return (await cellsOf(file)).map(({ label, spec, specHash, protocolHash }) => {
        const existing = before.get(specHash)?.record.id ?? null;
        return { label, spec, specHash, protocolHash, existing };
      });
    },
    estimate(plan) {
      const fresh = plan.filter(({ existing }) => existing === null).map(({ spec }) => spec);
      return estimator.all(fresh, currentBudget(context));
    },
    async create(file, options = {}): Promise<CreatedExperiment> {
      const cells = await cellsOf(file);
      await owner.settle();
      const { ids, added } = writeExperiment(context, file, cells, options);
      for (const id of ids) mkdirSync(runFolder(context.home, id), { recursive: true });
      owner.wake();
      const runs: RunRecord[] = ids.map((id) => requireRun(context, id).record);
      return { name: file.name, runs, added, reused: ids.length - added };
    },
    list: () => read.experiments.list().map((stored) => toRecord(context, stored)),
    show: (name) => toRecord(context, find(name)),
    remove(name) {
      find(name);
      return removeExperiment(context, name);
    },
  };
}
