import { OffrecError } from '#contract/errors.ts';
import type { ExperimentPlan, FileProblem } from '#contract/routes/experiments.ts';
import type { Core } from '#core/core.ts';
import {
  ExperimentFileError,
  type ParsedExperiment,
} from '#core/experiment-file/experiment-file.ts';
import { withPlaces } from '#core/experiment-file/placing.ts';

interface Refusal {
  readonly message: string;
  readonly where?: string | undefined;
  readonly hint?: string | undefined;
}

const placed = /^[^:]*:(\d+):(\d+)(?:, (.*))?$/s;

function problemOf({ message, where = '', hint }: Refusal): FileProblem {
  const [, line, column, field = ''] = placed.exec(where) ?? [];
  const isPlaced = line !== undefined && column !== undefined;
  return {
    message,
    hint: hint ?? null,
    line: isPlaced ? Number(line) : null,
    column: isPlaced ? Number(column) : null,
    field: isPlaced ? field : where,
  };
}

/** What is wrong with a file, or what it would run. Only what is no fault of the file is thrown. */
export async function checkExperiment(
  { experiments }: Core,
  read: () => Promise<ParsedExperiment>,
  limit: number,
): Promise<{ problems: FileProblem[]; plan: ExperimentPlan | null }> {
  try {
    const parsed = await read();
    const { file } = parsed;
    const plan = await withPlaces(parsed, () => experiments.plan(file));
    const existing = plan.filter((run) => run.existing !== null).length;
    const estimate = await experiments.estimate(plan);
    const runs = plan.slice(0, limit);
    return { problems: [], plan: { file, total: plan.length, existing, runs, estimate } };
  } catch (error) {
    if (!(error instanceof OffrecError)) throw error;
    const refusals = error instanceof ExperimentFileError ? error.problems : [error];
    return { problems: refusals.map(problemOf), plan: null };
  }
}
