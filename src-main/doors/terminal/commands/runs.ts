import type { Core } from '#core/core.ts';
import type { RunDetail, RunFilter } from '#core/api.ts';
import { OffrecError } from '#contract/errors.ts';
import { runStatusSchema, type RunRecord, type RunStatus } from '#contract/run.ts';
import { formatNumber } from '#report/format.ts';
import { withCore } from '../core-access.ts';
import { alignColumns, alignFields } from '../columns.ts';
import { nearest } from '#core/experiment-file/problems.ts';
import { parseSettings } from '../settings.ts';
import type { GlobalOptions, Terminal } from '../terminal.ts';
import { formatBytes } from '../text.ts';
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
    ...(limit === undefined ? {} : { limit }),
    ...(superseded === undefined ? {} : { superseded }),
    ...(options.status === undefined ? {} : { status: options.status.map(readStatus) }),
  };
  return withCore(terminal, async (core) => {
    const runs = core.runs.list(filter);
    terminal.answer(runs, () => (runs.length === 0 ? 'No runs.' : listText(runs)));
  });
}

function readStatus(text: string): RunStatus {
  const parsed = runStatusSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  const meant = nearest(text, runStatusSchema.options);
  throw new OffrecError('usage', `There is no status '${text}'.`, {
    where: '--status',
    hint: `${meant === undefined ? '' : `Did you mean '${meant}'? `}Statuses: ${runStatusSchema.options.join(', ')}.`,
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
  return withCore(terminal, async (core) => {
    const id = core.runs.resolve(idOrPrefix);
    const detail = core.runs.show(id);
    const log =
      options.log === undefined
        ? undefined
        : core.runs.logs(id, { limit: options.log, tail: true });
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
export const pauseRuns = controlling((core, id) => core.runs.pause(id));

/** `offrec runs stop RUN…`. */
export const stopRuns = controlling((core, id) => core.runs.stop(id));

function controlling(act: (core: Core, id: string) => Promise<RunRecord>) {
  return (terminal: Terminal, _options: GlobalOptions, given: readonly string[]): Promise<void> =>
    withCore(terminal, async (core) => {
      const ids = given.map((id) => core.runs.resolve(id));
      const runs = await Promise.all(ids.map((id) => act(core, id)));
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
  return withCore(
    terminal,
    async (core) => {
      const ids = [...given.map((id) => core.runs.resolve(id)), ...unfinished(core, experiment)];
      if (ids.length === 0) {
        throw new OffrecError('usage', 'There is nothing to resume.', {
          hint: 'offrec runs list --status paused,interrupted,failed,stopped shows what could be.',
        });
      }
      const from = checkpoint === undefined ? {} : { checkpoint };
      for (const id of ids) await core.runs.resume(id, { ...from, serve: false });
      return watchAndTell(terminal, core, ids);
    },
    jobs === undefined ? {} : { concurrency: jobs },
  );
}

function unfinished(core: Core, experiment: string | undefined): string[] {
  if (experiment === undefined) return [];
  core.experiments.show(experiment);
  return core.runs.list({ experiment, status: ['paused', 'interrupted'] }).map(({ id }) => id);
}

interface ForkOptions extends GlobalOptions {
  readonly checkpoint?: string;
  readonly set?: readonly string[];
  readonly label?: string;
  readonly jobs?: number;
}

/** `offrec runs fork RUN`. */
export function forkRun(
  terminal: Terminal,
  options: ForkOptions,
  idOrPrefix: string,
): Promise<number> {
  const { checkpoint, label, jobs } = options;
  const set = parseSettings(options.set);
  return withCore(
    terminal,
    async (core) => {
      const fork = await core.runs.fork(core.runs.resolve(idOrPrefix), {
        set,
        ...(checkpoint === undefined ? {} : { checkpoint }),
        ...(label === undefined ? {} : { label }),
      });
      return watchAndTell(terminal, core, [fork.id]);
    },
    jobs === undefined ? {} : { concurrency: jobs },
  );
}

async function watchAndTell(
  terminal: Terminal,
  core: Core,
  ids: readonly string[],
): Promise<number> {
  const { runs, interrupted } = await watchRuns(terminal, core, ids);
  const resume = resumeHint(runs, terminal.home);
  if (terminal.json) terminal.data({ runs: runs.map(runSummary), interrupted, resume });
  else {
    terminal.say(`${statusCounts(runs)}. Data folder: ${core.home.root}`);
    if (resume !== null) terminal.say(`To continue: ${resume}`);
  }
  return exitStatusOf(runs);
}
