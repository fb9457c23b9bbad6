import { existsSync, rmSync } from 'node:fs';
import { OffrecError } from '#contract/errors.ts';
import type { StoredCheckpoint } from '#store/checkpoints.ts';
import { checkpointFolder, type CoreContext } from './context.ts';

/** Checkpoints of a run whose folders are there, oldest first. */
export function presentCheckpoints(context: CoreContext, run: string): StoredCheckpoint[] {
  return context.store.read.checkpoints
    .list(run)
    .filter(({ name }) => existsSync(checkpointFolder(context.home, run, name)));
}

/** Throws `not-found` when the run has none, or not this one. */
export function findCheckpoint(
  context: CoreContext,
  run: string,
  name: string | undefined,
): StoredCheckpoint {
  const present = presentCheckpoints(context, run);
  const found =
    name === undefined ? present.at(-1) : present.find((checkpoint) => checkpoint.name === name);
  if (found !== undefined) return found;
  const names = present.map((checkpoint) => checkpoint.name).join(', ');
  throw new OffrecError(
    'not-found',
    name === undefined ? 'The run has no checkpoint yet.' : `The run has no checkpoint ${name}.`,
    { where: `run ${run}`, ...(names === '' ? {} : { hint: `It has: ${names}.` }) },
  );
}

/** Forgets checkpoints that the training loop has removed from the disk to make room. */
export function forgetRemoved(context: CoreContext, run: string): void {
  for (const { name } of context.store.read.checkpoints.list(run)) {
    if (!existsSync(checkpointFolder(context.home, run, name))) {
      context.store.write.checkpoints.remove(run, name);
    }
  }
}

/** Goes back to a checkpoint: those after it are forgotten, then removed from the disk. */
export function dropAfter(context: CoreContext, run: string, name: string): void {
  const target = findCheckpoint(context, run, name);
  const all = context.store.read.checkpoints.list(run);
  const after = all.slice(all.findIndex((checkpoint) => checkpoint.name === target.name) + 1);
  for (const checkpoint of after) {
    context.store.write.checkpoints.remove(run, checkpoint.name);
    const folder = checkpointFolder(context.home, run, checkpoint.name);
    rmSync(folder, { recursive: true, force: true });
  }
}
