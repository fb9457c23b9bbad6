import type { Core } from '#core/core.ts';
import type { CreatedExperiment, PlannedRun } from '#core/api.ts';
import { OffrecError } from '#contract/errors.ts';
import type { RunRecord } from '#contract/run.ts';
import { withCore } from '../core-access.ts';
import { alignColumns } from '../columns.ts';
import { unknownNames } from '#core/experiment-file/check-methods.ts';
import {
  readExperimentFile,
  type ParsedExperiment,
} from '#core/experiment-file/experiment-file.ts';
import { fileFields } from '#core/experiment-file/overrides.ts';
import { parsePath } from '#core/experiment-file/path.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { count } from '../text.ts';
import { quoted, resumeHint } from './hints.ts';
import { scoreMissingReferences } from './references.ts';
import { tableText } from './table.ts';
import {
  checkpointLines,
  exitStatusOf,
  runSummary,
  statusCounts,
  watchRuns,
  type WatchedRuns,
} from './watch-runs.ts';

export interface RunOptions extends GlobalOptions {
  readonly set?: readonly string[];
  readonly jobs?: number;
  readonly again?: boolean;
  readonly dryRun?: boolean;
  readonly references: boolean;
}

/** `offrec run FILE`. */
export function runExperiment(terminal: Terminal, options: RunOptions, filename: string) {
  return execute(terminal, options, filename, options.dryRun ?? false);
}

/** `offrec sweep FILE`: shows the grid first. */
export function sweepExperiment(terminal: Terminal, options: RunOptions, filename: string) {
  return execute(terminal, options, filename, true);
}

async function execute(
  terminal: Terminal,
  options: RunOptions,
  filename: string,
  showPlan: boolean,
): Promise<number> {
  const parsed = await readExperimentFile(filename, options.set);
  const { createMethods } = await import('#core/methods.ts');
  parsed.refuse(await unknownNames(parsed.file, createMethods()));
  const concurrency = options.jobs === undefined ? {} : { concurrency: options.jobs };
  return withCore(
    terminal,
    async (core) => {
      if (showPlan) {
        const plan = await placed(parsed, () => core.experiments.plan(parsed.file));
        tellPlan(terminal, parsed.file.name, plan, options.dryRun ?? false);
      }
      if (options.dryRun) return 0;
      const again = options.again ?? false;
      const created = await placed(parsed, () => core.experiments.create(parsed.file, { again }));
      return finish(terminal, core, created, options, filename);
    },
    concurrency,
  );
}

/** What the core refuses by a field's path is told with the line of the file. */
async function placed<Result>(
  parsed: ParsedExperiment,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OffrecError) || error.where === undefined) throw error;
    const where = placeOf(parsed, error.where);
    if (where === null) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new OffrecError(error.code, error.message, { where, cause: error, ...hint });
  }
}

/** The place of a path that the core named; null when `where` names something else, such as a folder. */
function placeOf(parsed: ParsedExperiment, where: string): string | null {
  if (!fileFields.includes(/^\w+/.exec(where)?.[0] ?? '')) return null;
  try {
    return parsed.place(parsePath(where));
  } catch (error) {
    if (error instanceof OffrecError) return null;
    throw error;
  }
}

function tellPlan(
  terminal: Terminal,
  experiment: string,
  plan: readonly PlannedRun[],
  isAnswer: boolean,
): void {
  const runs = plan.map(({ label, spec, existing }) => ({
    dataset: spec.dataset,
    method: spec.method,
    label,
    seed: spec.seed,
    existing,
  }));
  const fresh = runs.filter(({ existing }) => existing === null).length;
  const answer = { experiment, count: runs.length, fresh, runs };
  if (terminal.json) terminal.data(isAnswer ? answer : { event: 'plan', ...answer });
  else {
    const rows = runs.map((run) => [
      run.dataset,
      run.label,
      String(run.seed),
      run.existing ?? 'new',
    ]);
    terminal.say(alignColumns(['dataset', 'method', 'seed', 'run'], rows));
    terminal.say(`${count(runs.length, 'run')}, ${fresh} of them new.`);
  }
}

async function finish(
  terminal: Terminal,
  core: Core,
  created: CreatedExperiment,
  options: RunOptions,
  filename: string,
): Promise<number> {
  const { name } = created;
  if (terminal.json) {
    const { added, reused } = created;
    terminal.data({ event: 'experiment', experiment: name, added, reused });
  } else {
    const reused = created.reused === 0 ? '' : `, ${created.reused} there before`;
    terminal.say(`${name}: ${count(created.runs.length, 'run')}${reused}.`);
  }
  const { runs, interrupted } = await watchToEnd(terminal, core, created.runs);
  if (!interrupted && options.references) await scoreMissingReferences(terminal, core, runs);
  const resume = resumeHint(runs, terminal.home, `run ${quoted(filename)}`);
  if (terminal.json) {
    terminal.data({ experiment: name, runs: runs.map(runSummary), interrupted, resume });
  } else {
    if (!interrupted) terminal.text(await tableText(core, [name]));
    checkpointLines(core, runs).forEach((line) => terminal.say(line));
    terminal.say(`${statusCounts(runs)}. Data folder: ${core.home.root}`);
    if (resume !== null) terminal.say(`To continue: ${resume}`);
  }
  return exitStatusOf(runs);
}

/**
 * Watches runs to their end. What a process that is gone had left under way turns out interrupted as soon as its
 * host has ended: it is queued again, once.
 */
async function watchToEnd(
  terminal: Terminal,
  core: Core,
  created: readonly RunRecord[],
): Promise<WatchedRuns> {
  const ids = created.map(({ id }) => id);
  const inherited = created.filter(({ status }) => status === 'running' || status === 'pausing');
  const watched = await watchRuns(terminal, core, ids);
  const orphans = watched.runs.filter(
    ({ id, status }) => status === 'interrupted' && inherited.some((run) => run.id === id),
  );
  if (watched.interrupted || orphans.length === 0) return watched;
  for (const { id } of orphans) await core.runs.resume(id, { serve: false });
  return watchRuns(terminal, core, ids);
}
