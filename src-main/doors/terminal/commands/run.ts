import type { RouterClient, RouterOutputs } from '#contract/router.ts';
import type { PlannedRun } from '#contract/routes/experiments.ts';
import type { Greeting } from '#contract/routes/system.ts';
import { limits } from '#contract/limits.ts';
import { machineClient, withClient } from '../client.ts';
import { alignColumns } from '../columns.ts';
import { loadExperimentText, type ExperimentText } from '../experiment-text.ts';
import { readRunsById } from '../run-rows.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { count } from '../text.ts';
import { quoted, resumeHint } from './hints.ts';
import { refuseFailed } from './bulk.ts';
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
  const file = await loadExperimentText(filename, options.set);
  // A file that cannot be used makes no data folder.
  await (await machineClient()).experiments.parse(file);
  const concurrency = options.jobs === undefined ? {} : { concurrency: options.jobs };
  return withClient(
    terminal,
    async (client, greeting) => {
      if (showPlan) tellPlan(terminal, await readPlan(client, file), options.dryRun ?? false);
      if (options.dryRun) return 0;
      const again = options.again ?? false;
      const created = await client.experiments.create({ ...file, again });
      return finish(terminal, { client, greeting, created }, options, filename);
    },
    concurrency,
  );
}

interface Plan {
  readonly experiment: string;
  readonly runs: readonly PlannedRun[];
}

/** Every run of the file, read page by page. */
async function readPlan(client: RouterClient, file: ExperimentText): Promise<Plan> {
  const runs: PlannedRun[] = [];
  for (;;) {
    const page = { offset: runs.length, limit: limits.pageRows };
    const part = await client.experiments.expand({ ...file, ...page });
    runs.push(...part.runs);
    if (runs.length >= part.total) return { experiment: part.file.name, runs };
  }
}

function tellPlan(terminal: Terminal, { experiment, ...plan }: Plan, isAnswer: boolean): void {
  const runs = plan.runs.map(({ label, spec, existing }) => ({
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

interface Created {
  readonly client: RouterClient;
  readonly greeting: Greeting;
  readonly created: RouterOutputs['experiments']['create'];
}

async function finish(
  terminal: Terminal,
  { client, greeting, created }: Created,
  options: RunOptions,
  filename: string,
): Promise<number> {
  const { name, added, reused } = created;
  if (terminal.json) terminal.data({ event: 'experiment', experiment: name, added, reused });
  else {
    const before = reused === 0 ? '' : `, ${reused} there before`;
    terminal.say(`${name}: ${count(created.runs.length, 'run')}${before}.`);
  }
  const { runs, interrupted } = await watchToEnd(terminal, client, created.runs);
  if (!interrupted && options.references) await scoreMissingReferences(terminal, client, runs);
  const resume = resumeHint(runs, terminal.home, `run ${quoted(filename)}`);
  if (terminal.json) {
    terminal.data({ experiment: name, runs: runs.map(runSummary), interrupted, resume });
  } else {
    if (!interrupted) terminal.text(await tableText(client, [name]));
    for (const line of await checkpointLines(client, runs)) terminal.say(line);
    terminal.say(`${statusCounts(runs)}. Data folder: ${greeting.home}`);
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
  client: RouterClient,
  ids: readonly string[],
): Promise<WatchedRuns> {
  const before = await readRunsById(client, ids);
  const inherited = before.filter(({ status }) => status === 'running' || status === 'pausing');
  const watched = await watchRuns(terminal, client, ids);
  const orphans = watched.runs.filter(
    ({ id, status }) => status === 'interrupted' && inherited.some((run) => run.id === id),
  );
  if (watched.interrupted || orphans.length === 0) return watched;
  refuseFailed(await client.runs.resume({ ids: orphans.map(({ id }) => id) }));
  return watchRuns(terminal, client, ids);
}
