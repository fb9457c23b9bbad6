import { OffrecError } from '#contract/errors.ts';
import { aggregationSchema, type Aggregation } from '#contract/protocol.ts';
import type { MetricSummary } from '#contract/run.ts';
import { evaluationMetricInfos } from '#engine/evaluation/metric-infos.ts';
import { listMethods } from '#engine/methods/registry.ts';
import type { StoredRun } from '#store/runs-read.ts';
import type { ReferenceScore, TableEntry, TableOptions, Tables } from './api.ts';
import type { CoreContext } from './context.ts';
import { listDatasetManifests } from './dataset-manifests.ts';
import { hashOf } from './hash.ts';
import { readPublishedFiles } from './published.ts';

type RunValue = TableEntry['values'][number];

/** What a table says of datasets and methods beside their names. */
interface Background {
  readonly datasets: ReadonlyMap<string, Pick<TableEntry, 'datasetKind' | 'groundTruth'>>;
  /** Names of methods whose papers left details open. */
  readonly reconstructions: ReadonlySet<string>;
}

async function readBackground(context: CoreContext): Promise<Background> {
  const { datasets } = listDatasetManifests(context.home.datasets);
  const methods = await listMethods();
  return {
    datasets: new Map(
      datasets.map(({ name, kind, groundTruth }) => [name, { datasetKind: kind, groundTruth }]),
    ),
    reconstructions: new Set(
      methods.filter(({ reconstruction }) => reconstruction).map(({ name }) => name),
    ),
  };
}

/** Runs of one cell, by the hash of their specification without its seed. */
type CellRuns = Map<string, StoredRun[]>;

/** A series with points that are not finite has no mean that means anything: NaN says so. */
function whole(summary: MetricSummary, value: number | null): number | null {
  return summary.finite < summary.count ? Number.NaN : value;
}

const condensed: Readonly<Record<Aggregation, (epochs: MetricSummary) => number | null>> = {
  'all-epochs': (epochs) => whole(epochs, epochs.mean),
  'last-quarter': (epochs) => whole(epochs, epochs.lastQuarter),
  final: (epochs) => epochs.last ?? Number.NaN,
};

/** The value of a run in a table: from its evaluations by epoch, or from the one after the last epoch. */
function valueOf(
  context: CoreContext,
  run: string,
  metric: string,
  aggregation: Aggregation,
): number | null {
  const { series } = context.store.read;
  const final = aggregation === 'final' ? series.summary(run, `final/${metric}`) : null;
  const summary = final ?? series.summary(run, `eval/${metric}`);
  return summary === null ? null : condensed[aggregation](summary);
}

/** One run a seed: a fork or a repetition of the same specification never counts twice. */
function oneASeed(runs: readonly StoredRun[]): StoredRun[] {
  const bySeed = new Map<number, StoredRun>();
  for (const run of runs) {
    const rival = bySeed.get(run.record.spec.seed);
    const newer = rival === undefined || run.number > rival.number;
    const better = rival?.record.status !== 'done' || run.record.status === 'done';
    if (newer && better) bySeed.set(run.record.spec.seed, run);
  }
  return [...bySeed.values()].sort((a, b) => a.record.spec.seed - b.record.spec.seed);
}

function cellsOf(context: CoreContext, experiment: string): CellRuns {
  if (context.store.read.experiments.get(experiment) === null) {
    throw new OffrecError('not-found', `There is no experiment ${experiment}.`, {
      hint: 'offrec runs list shows the runs with their experiments.',
    });
  }
  const cells: CellRuns = new Map();
  for (const run of context.store.read.runs.list({ experiment })) {
    cells.set(run.cellHash, [...(cells.get(run.cellHash) ?? []), run]);
  }
  return cells;
}

function entryOf(
  context: CoreContext,
  background: Background,
  runs: readonly StoredRun[],
  metric: string,
  aggregation: Aggregation,
  unfinished: boolean,
): TableEntry | null {
  const chosen = oneASeed(runs);
  const [first] = chosen;
  if (first === undefined) return null;
  const { record, cellHash } = first;
  const values = chosen.map(({ record: { id, spec, status } }): RunValue => {
    const counts = status === 'done' || unfinished;
    const value = counts ? valueOf(context, id, metric, aggregation) : null;
    return { run: id, seed: spec.seed, status, value };
  });
  return {
    experiment: record.experiment,
    dataset: record.spec.dataset,
    datasetChecksum: record.spec.datasetChecksum,
    ...(background.datasets.get(record.spec.dataset) ?? { datasetKind: null, groundTruth: null }),
    method: record.spec.method,
    reconstruction: background.reconstructions.has(record.spec.method),
    label: record.label,
    cellHash,
    protocolHash: record.protocolHash,
    protocol: record.spec.protocol,
    metric,
    aggregation,
    reference: false,
    values,
  };
}

/** Reference policies that were scored on the same data under the same protocol as the entry's runs. */
function referenceEntries(context: CoreContext, like: TableEntry): TableEntry[] {
  const { datasetChecksum, protocolHash, metric } = like;
  const scores =
    context.store.read.keepsakes.bestScores<ReferenceScore[]>(datasetChecksum, protocolHash) ?? [];
  return scores.map((score): TableEntry => {
    const measure = score[metric];
    const value = typeof measure === 'number' ? measure : null;
    return {
      ...like,
      method: score.policy,
      reconstruction: false,
      label: typeof score['title'] === 'string' ? score['title'] : score.policy,
      cellHash: hashOf(['reference', score.policy]),
      reference: true,
      values: [{ run: '', seed: 0, status: 'done', value }],
    };
  });
}

function data(
  context: CoreContext,
  background: Background,
  experiments: readonly string[],
  options: TableOptions,
): TableEntry[] {
  const metrics = options.metrics ?? evaluationMetricInfos.map(({ metric }) => metric);
  const aggregations = options.aggregations ?? aggregationSchema.options;
  const entries: TableEntry[] = [];
  const references = new Map<string, TableEntry[]>();
  for (const experiment of experiments) {
    for (const runs of cellsOf(context, experiment).values()) {
      for (const metric of metrics) {
        for (const aggregation of aggregations) {
          const unfinished = options.unfinished === true;
          const entry = entryOf(context, background, runs, metric, aggregation, unfinished);
          if (entry === null) continue;
          entries.push(entry);
          const key = [entry.datasetChecksum, entry.protocolHash, metric, aggregation].join();
          if (!references.has(key)) references.set(key, referenceEntries(context, entry));
        }
      }
    }
  }
  return options.references === false ? entries : [...entries, ...[...references.values()].flat()];
}

/** What a table of an experiment is made of: the values of all seeds, cell by cell. */
export function createTables(context: CoreContext): Tables {
  return {
    async data(experiments, options = {}) {
      const names = typeof experiments === 'string' ? [experiments] : experiments;
      const background = await readBackground(context);
      return context.store.snapshot('tables.data', () => data(context, background, names, options));
    },
    published: readPublishedFiles,
  };
}
