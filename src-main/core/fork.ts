import { rmSync } from 'node:fs';
import { OffrecError } from '#contract/errors.ts';
import type { StoredCheckpoint } from '#store/checkpoints.ts';
import type { StoredRun } from '#store/runs-read.ts';
import { getMethod } from '#engine/methods/registry.ts';
import type { ForkOptions } from './api.ts';
import { checkpointFolder, runFolder, type CoreContext } from './context.ts';
import { merge } from './grid.ts';
import { hashOf } from './hash.ts';
import { linkFolder } from './link-folder.ts';
import { cellOf, checkConfig, directionsOf, type Cell } from './plan.ts';
import { findCheckpoint } from './run-checkpoints.ts';
import { newRunId, requireRun } from './run-lookup.ts';

/** Name under which a fork keeps the checkpoint that it began with. */
const originName = 'origin';

async function forkedCell(
  source: StoredRun,
  checkpoint: StoredCheckpoint,
  options: ForkOptions,
): Promise<Cell> {
  const { spec, label } = source.record;
  const method = await getMethod(spec.method);
  const set = options.set ?? {};
  const config = checkConfig(method, merge(spec.config, set), 'set');
  const changes = Object.entries(set).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const text = ['fork', ...changes].join(', ');
  const cell = cellOf(
    { ...spec, config },
    options.label ?? `${label} (${text})`,
    directionsOf(method),
  );
  // What it learned before the fork is part of what it is: it is never pooled with runs from the start.
  const lineage = [cell.cellHash, source.cellHash, checkpoint.name];
  return { ...cell, cellHash: hashOf(lineage) };
}

function linkOrigin(context: CoreContext, source: string, checkpoint: string, id: string): void {
  try {
    linkFolder(
      checkpointFolder(context.home, source, checkpoint),
      checkpointFolder(context.home, id, originName),
    );
  } catch (error) {
    rmSync(runFolder(context.home, id), { recursive: true, force: true });
    throw new OffrecError('busy', 'The checkpoint could not be copied.', {
      where: `run ${source}, checkpoint ${checkpoint}`,
      hint: 'The run may just have replaced it by a newer one: try again.',
      cause: error,
    });
  }
}

/**
 * A new queued run that continues a checkpoint of another, with its points so far and changed settings. Returns
 * its id.
 */
export async function forkRun(
  context: CoreContext,
  sourceId: string,
  options: ForkOptions,
): Promise<string> {
  const { read, write } = context.store;
  const source = requireRun(context, sourceId);
  const experiment = options.experiment ?? source.record.experiment;
  if (read.experiments.get(experiment) === null) {
    throw new OffrecError('not-found', `There is no experiment ${experiment}.`);
  }
  const checkpoint = findCheckpoint(context, sourceId, options.checkpoint);
  const cell = await forkedCell(source, checkpoint, options);
  const id = newRunId();
  linkOrigin(context, sourceId, checkpoint.name, id);
  context.store.atomically('fork', () => {
    write.runs.insert({
      ...cell,
      id,
      experiment,
      priority: options.priority ?? source.record.priority,
      parent: { run: sourceId, checkpoint: checkpoint.name },
    });
    write.series.copy(sourceId, id, 0, checkpoint.metricCount);
    write.checkpoints.put(id, 0, { ...checkpoint, name: originName, final: false });
  });
  return id;
}
