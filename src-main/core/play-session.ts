import { playedSessionSchema, type PlayedSession, type PlayRequest } from '#contract/session.ts';
import { datasetFolder } from '#engine/data/catalogue.ts';
import type { JobOptions } from './api.ts';
import { checkpointFolder, type CoreContext } from './context.ts';
import type { Jobs } from './jobs.ts';
import { findCheckpoint } from './run-checkpoints.ts';
import { requireRun } from './run-lookup.ts';

/** The parts of a played session that a job host tells. */
const traceSchema = playedSessionSchema.omit({ run: true, checkpoint: true, label: true });

export async function playSession(
  context: CoreContext,
  jobs: Jobs,
  { run, checkpoint, user, seed = 0, acting, top = 8 }: PlayRequest,
  options: JobOptions,
): Promise<PlayedSession> {
  const { record } = requireRun(context, run);
  const { name } = findCheckpoint(context, run, checkpoint);
  const trace = await jobs.run(
    {
      kind: 'play',
      checkpointFolder: checkpointFolder(context.home, run, name),
      datasetFolder: datasetFolder(context.home.datasets, record.spec.dataset),
      user: user ?? null,
      seed,
      acting: acting ?? null,
      top,
    },
    options,
  );
  return { run, checkpoint: name, label: record.label, ...traceSchema.parse(trace) };
}
