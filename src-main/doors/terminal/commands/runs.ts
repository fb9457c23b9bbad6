import { OffrecError } from '#contract/errors.ts';
import { limits } from '#contract/limits.ts';
import type { RouterClient } from '#contract/router.ts';
import type { BulkResult, RunDetail, RunFilter } from '#contract/routes/runs.ts';
import { runStatusSchema, type RunRecord, type RunStatus } from '#contract/run.ts';
import { formatNumber } from '#report/format.ts';
import { withClient } from '../client.ts';
import { alignColumns, alignFields } from '../columns.ts';
import { readRuns, readRunsById, resolveRuns } from '../run-rows.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { didYouMean, formatBytes } from '../text.ts';
import { refuseFailed } from './bulk.ts';
import { resumeHint } from './hints.ts';
import { exitStatusOf, runSummary, statusCounts, watchRuns } from './watch-runs.ts';

interface ListOptions extends GlobalOptions {
  readonly experiment?: string;
  readonly dataset?: string;
  readonly method?: string;
  readonly status?: readonly string[];
  readonly limit?: number;
  readonly superseded?: boolean;
}

/** `offrec runs list`. */
export function listRuns(terminal: Terminal, options: ListOptions): Promise<void> {
  const { experiment, dataset, method, limit, superseded } = options;
  const filter: RunFilter = {
    ...(experiment === undefined ? {} : { experiment }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(method === undefined ? {} : { method }),
    ...(superseded === undefined ? {} : { superseded }),
    ...(options.status === undefined ? {} : { status: options.status.map(readStatus) }),
  };
  return withClient(terminal, async (client) => {
    const runs = await readRuns(client, filter, limit);
    terminal.answer(runs, () => (runs.length === 0 ? 'No runs.' : listText(runs)));
  });
}

function readStatus(text: string): RunStatus {
  const parsed = runStatusSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new OffrecError('usage', `There is no status '${text}'.`, {
    where: '--status',
    hint: `${didYouMean(text, runStatusSchema.options)}Statuses: ${runStatusSchema.options.join(', ')}.`,
  });
}

function listText(runs: readonly RunRecord[]): string {
  const rows = runs.map((run) => [
    run.id,
    run.experiment,
    run.spec.dataset,
    run.label,
    String(run.spec.seed),
    run.status,
    progressText(run),
    run.createdAt.slice(0, 19).replace('T', ' '),
  ]);
  return alignColumns(
    ['run', 'experiment', 'dataset', 'method', 'seed', 'status', 'progress', 'created'],
    rows,
  );
}

function progressText({ progress, status }: RunRecord): string {
  if (progress === null || status === 'done') return '';
  const share = progress.total > 0 ? Math.floor((100 * progress.done) / progress.total) : 0;
  return `${progress.name} ${share} %`;
}

/** `offrec runs show RUN`. */
export function showRun(
  terminal: Terminal,
  options: GlobalOptions & { readonly log?: number },
  idOrPrefix: string,
): Promise<void> {
  return withClient(terminal, async (client) => {
    const { id } = await client.runs.resolve({ prefix: idOrPrefix });
    const detail = await client.runs.show({ id });
    // More lines than these are not kept of a run.
    const limit = Math.min(options.log ?? 1, limits.logLines);
    const log =
      options.log === undefined ? undefined : await client.runs.log({ id, limit, tail: true });
    const lines = (log ?? []).map(({ time, level, message }) => `${time}  ${level}  ${message}`);
    terminal.answer(log === undefined ? detail : { ...detail, log }, () =>
      [detailText(detail), ...lines].join('\n'),
    );
  });
}

function detailText({ record, folder, segments, checkpoints, metrics }: RunDetail): string {
  const { spec } = record;
  const error = record.error === null ? [] : [['error', record.error.message] as const];
  const fields = alignFields([
    ['run', record.id],
    ['experiment', record.experiment],
    ['dataset', spec.dataset],
    ['method', `${record.label} (${spec.method})`],
    ['seed', String(spec.seed)],
    ['status', record.status],
    ...error,
    [
      'device',
      record.device === null ? '–' : `${record.device.device}, ${record.device.threads} threads`,
    ],
    ['folder', folder],
    ['weights', record.weightsHash ?? '–'],
    ['configuration', JSON.stringify(spec.config)],
    ['protocol', JSON.stringify(spec.protocol)],
  ]);
  const parts = segments.map(({ number, startedAt, outcome, reason }) => [
    String(number),
    startedAt,
    outcome ?? 'running',
    reason ?? '',
  ]);
  const saved = checkpoints.map(({ name, phase, step, bytes, createdAt }) => [
    name,
    String(phase),
    String(step),
    formatBytes(bytes),
    createdAt,
  ]);
  const series = metrics.map(({ metric, count, last, mean, best }) => [
    metric,
    String(count),
    ...[last, mean, best].map((value) => formatNumber(value, 4)),
  ]);
  return [
    fields,
    alignColumns(['segment', 'started', 'outcome', 'reason'], parts),
    alignColumns(['checkpoint', 'phase', 'step', 'size', 'written'], saved),
    alignColumns(['metric', 'points', 'last', 'mean', 'best'], series),
  ].join('\n\n');
}

/** `offrec runs pause RUN…`. */
export const pauseRuns = controlling((client, ids) => client.runs.pause({ ids }));

/** `offrec runs stop RUN…`. */
export const stopRuns = controlling((client, ids) => client.runs.stop({ ids }));

function controlling(act: (client: RouterClient, ids: string[]) => Promise<BulkResult>) {
  return (terminal: Terminal, _options: GlobalOptions, given: readonly string[]): Promise<void> =>
    withClient(terminal, async (client) => {
      const ids = await resolveRuns(client, given);
      refuseFailed(await act(client, ids));
      const runs = await readRunsById(client, ids);
      terminal.answer(runs.map(runSummary), () => listText(runs));
    });
}

interface ResumeOptions extends GlobalOptions {
  readonly experiment?: string;
  readonly checkpoint?: string;
  readonly jobs?: number;
}

/** `offrec runs resume RUN…`. */
export function resumeRuns(
  terminal: Terminal,
  options: ResumeOptions,
  given: readonly string[],
): Promise<number> {
  const { checkpoint, experiment, jobs } = options;
  return withClient(
    terminal,
    async (client, { home }) => {
      const named = await resolveRuns(client, given);
      const ids = [...named, ...(await unfinished(client, experiment))];
      if (ids.length === 0) {
        throw new OffrecError('usage', 'There is nothing to resume.', {
          hint: 'offrec runs list --status paused,interrupted,failed,stopped shows what could be.',
        });
      }
      if (checkpoint === undefined) refuseFailed(await client.runs.resume({ ids }));
      else for (const id of ids) await client.runs.resumeFrom({ id, checkpoint });
      return watchAndTell(terminal, client, ids, home);
    },
    jobs === undefined ? {} : { concurrency: jobs },
  );
}

async function unfinished(client: RouterClient, experiment: string | undefined): Promise<string[]> {
  if (experiment === undefined) return [];
  await client.experiments.show({ name: experiment });
  const runs = await readRuns(client, { experiment, status: ['paused', 'interrupted'] });
  return runs.map(({ id }) => id);
}

interface ForkOptions extends GlobalOptions {
  readonly checkpoint?: string;
  readonly set?: readonly string[];
  readonly label?: string;
  readonly jobs?: number;
}

/** `offrec runs fork RUN`. */
export async function forkRun(
  terminal: Terminal,
  options: ForkOptions,
  idOrPrefix: string,
): Promise<number> {
  const { checkpoint, label, jobs } = options;
  const { parseSettings } = await import('../settings.ts');
  const changes = {
    set: parseSettings(options.set),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(label === undefined ? {} : { label }),
  };
  return withClient(
    terminal,
    async (client, { home }) => {
      const { id } = await client.runs.resolve({ prefix: idOrPrefix });
      const fork = await client.runs.fork({ id, ...changes });
      return watchAndTell(terminal, client, [fork.id], home);
    },
    jobs === undefined ? {} : { concurrency: jobs },
  );
}

async function watchAndTell(
  terminal: Terminal,
  client: RouterClient,
  ids: readonly string[],
  home: string,
): Promise<number> {
  const { runs, interrupted } = await watchRuns(terminal, client, ids);
  const resume = resumeHint(runs, terminal.home);
  if (terminal.json) terminal.data({ runs: runs.map(runSummary), interrupted, resume });
  else {
    terminal.say(`${statusCounts(runs)}. Data folder: ${home}`);
    if (resume !== null) terminal.say(`To continue: ${resume}`);
  }
  return exitStatusOf(runs);
}
