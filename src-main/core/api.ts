import type { DatasetManifest } from '#contract/dataset.ts';
import type { ExperimentFile } from '#contract/experiment.ts';
import type { CheckpointInfo } from '#contract/host.ts';
import type { Aggregation, Protocol } from '#contract/protocol.ts';
import type { MetricSummary, RunRecord, RunSpec, RunStatus } from '#contract/run.ts';

/** Progress of a job that is not a run: an import, a scoring of reference policies. */
export interface JobProgress {
  /** What is being done, such as `reading ratings`. */
  readonly stage: string;
  readonly done: number;
  /** Null when it cannot be known yet. */
  readonly total: number | null;
  readonly unit: string;
}

export interface JobOptions {
  onProgress?: (progress: JobProgress) => void;
  /** Aborting ends the job with OffrecError `cancelled`; nothing half done stays. */
  signal?: AbortSignal;
}

/** What to import. `options` go to the importer of that kind, which checks them. */
export interface ImportRequest {
  readonly kind: 'coat' | 'log' | 'synthetic';
  readonly name: string;
  /** Folder (coat) or file (log) to read; absent for the synthetic world. */
  readonly source?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Replace a dataset of this name. Without it an existing name is OffrecError `already-exists`. */
  readonly replace?: boolean;
}

/** One reference policy's score under a protocol. */
export interface ReferenceScore {
  readonly policy: string;
  readonly rTra: number;
  readonly rEach: number;
  readonly length: number;
  /** Further measures (coverage, mcd, standard errors), by name. */
  readonly [measure: string]: string | number;
}

export interface ReferenceOptions extends JobOptions {
  /** Episodes of each policy; default: the protocol's `finalEpisodes`. */
  readonly episodes?: number;
  readonly seed?: number;
}

export interface Datasets {
  /** All datasets, by name. A folder that cannot be read is listed in `broken`. */
  list(): { datasets: DatasetManifest[]; broken: { name: string; message: string }[] };
  /** Throws `not-found` or `corrupt-file`. */
  show(name: string): DatasetManifest;
  /** Folder of the dataset's files. */
  folder(name: string): string;
  import(request: ImportRequest, options?: JobOptions): Promise<DatasetManifest>;
  /** The column mapping that the generic importer would use for a file. */
  guessMapping(file: string, options?: JobOptions): Promise<Readonly<Record<string, unknown>>>;
  statistics(name: string, options?: JobOptions): Promise<Readonly<Record<string, unknown>>>;
  /** Removes the folder. Throws `busy` while a run that is not ended needs it, unless `force`. */
  remove(name: string, options?: { force?: boolean }): Promise<void>;
  /** Scores of the reference policies, computed once for a dataset's content and a protocol, then kept. */
  reference(
    name: string,
    protocol: ExperimentFile['protocol'],
    options?: ReferenceOptions,
  ): Promise<ReferenceScore[]>;
}

/** One cell of an experiment before it is a run. */
export interface PlannedRun {
  readonly label: string;
  readonly spec: RunSpec;
  readonly specHash: string;
  readonly protocolHash: string;
  /** Id of a run of this experiment that already has this specification, or null. */
  readonly existing: string | null;
}

export interface ExperimentRecord {
  readonly name: string;
  readonly description: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly file: ExperimentFile;
  /** Runs of the newest version of the file, by status. */
  readonly counts: Readonly<Partial<Record<RunStatus, number>>>;
}

export interface CreatedExperiment {
  readonly name: string;
  /** Every run of the file, in the file's order: new ones and those that were there before. */
  readonly runs: readonly RunRecord[];
  readonly added: number;
  readonly reused: number;
}

export interface Experiments {
  /** Expands grids and checks everything without writing. Errors name the field's path in the file. */
  plan(file: ExperimentFile): Promise<PlannedRun[]>;
  /**
   * Makes the experiment be what the file says: missing runs are added, runs that exist with the same
   * specification are kept (paused, interrupted, failed and stopped ones are queued again), runs that the file
   * no longer names stay in the store but leave the experiment's table.
   * Nothing starts until somebody serves the queue (`queue.serve`).
   */
  create(
    file: ExperimentFile,
    options?: { again?: boolean; requeue?: boolean },
  ): Promise<CreatedExperiment>;
  list(): ExperimentRecord[];
  show(name: string): ExperimentRecord;
  /** Removes the experiment with its runs, their folders included. Throws `busy` while one is running. */
  remove(name: string): Promise<void>;
}

export interface RunFilter {
  readonly experiment?: string;
  readonly dataset?: string;
  readonly method?: string;
  readonly label?: string;
  readonly tag?: string;
  readonly status?: readonly RunStatus[];
  /** Also runs that the newest version of their experiment's file no longer names. */
  readonly superseded?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

export interface SegmentRecord {
  readonly number: number;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly outcome: 'done' | 'paused' | 'stopped' | 'interrupted' | 'failed' | null;
  /** Why it was interrupted: `crashed`, `out of memory`, `killed`, or the error's message. */
  readonly reason: string | null;
  readonly fromCheckpoint: string | null;
  /** Points of the run at its begin, and how many of its own points became a discarded tail. */
  readonly firstIndex: number;
  readonly discarded: number;
}

export interface CheckpointRecord extends CheckpointInfo {
  readonly run: string;
  readonly segment: number;
  readonly createdAt: string;
  readonly folder: string;
}

export interface LogLine {
  readonly id: number;
  readonly segment: number;
  readonly time: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}

export interface RunDetail {
  readonly record: RunRecord;
  readonly folder: string;
  readonly segments: readonly SegmentRecord[];
  /** Oldest first. */
  readonly checkpoints: readonly CheckpointRecord[];
  readonly metrics: readonly MetricSummary[];
  readonly tags: readonly string[];
  readonly note: string;
  readonly superseded: boolean;
}

/** Points of one series in its own order; all arrays have one entry a point. */
export interface SeriesPoints {
  readonly metric: string;
  /** Points of the whole live series, also when fewer are returned. */
  readonly total: number;
  /** 0-based number of each point within the run, over all series. */
  readonly indices: Float64Array;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** Milliseconds since the point's segment began. */
  readonly timesMs: Float64Array;
}

/** A series condensed for a screen: one entry a bucket that has points, in order of steps. */
export interface SeriesBuckets {
  readonly metric: string;
  readonly total: number;
  readonly fromStep: number;
  readonly toStep: number;
  readonly firstSteps: Float64Array;
  readonly lastSteps: Float64Array;
  /** Over the finite values; NaN where a bucket has none. */
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
  readonly means: Float64Array;
  /** Value of the last point, as logged. */
  readonly lasts: Float64Array;
  readonly counts: Float64Array;
}

export interface ForkOptions {
  /** Name of the checkpoint to start from; default: the newest. */
  readonly checkpoint?: string;
  /** Changed hyper-parameters, by field of the method's configuration. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly label?: string;
  readonly priority?: number;
  readonly experiment?: string;
}

export interface Runs {
  list(filter?: RunFilter): RunRecord[];
  /** Full id from an unambiguous beginning of at least 4 characters. Throws `not-found` or `usage`. */
  resolve(idOrPrefix: string): string;
  get(id: string): RunRecord;
  show(id: string): RunDetail;
  /** Lines after the line `after`, oldest first; with `tail`, the newest `limit`. */
  logs(id: string, options?: { after?: number; limit?: number; tail?: boolean }): LogLine[];
  /** Summaries of a run's series, those whose name starts with `prefix`. */
  metrics(id: string, prefix?: string): MetricSummary[];
  points(id: string, metric: string, options?: { from?: number; limit?: number }): SeriesPoints;
  buckets(
    id: string,
    metric: string,
    options: { pixels: number; fromStep?: number; toStep?: number },
  ): SeriesBuckets;
  /**
   * Asks for a pause and resolves when the run has written its checkpoint and ended (a queued run at once).
   * Works from any process on the home. Throws `usage` when the run has ended.
   */
  pause(id: string): Promise<RunRecord>;
  /** As pause; the run ends with status `stopped`. Its checkpoint stays. */
  stop(id: string): Promise<RunRecord>;
  /** Asks a running run for a checkpoint now and resolves when it is on disk. */
  checkpoint(id: string): Promise<CheckpointRecord>;
  /**
   * Queues a paused, interrupted, failed or stopped run again, from its newest checkpoint or an older one
   * (newer ones are then removed, points beyond it become a discarded tail). When nobody owns the queue, this
   * process becomes its owner.
   */
  resume(id: string, options?: { checkpoint?: string; serve?: boolean }): Promise<RunRecord>;
  /** A new run that starts from a checkpoint of this one. Queued like any other. */
  fork(id: string, options?: ForkOptions): Promise<RunRecord>;
  setPriority(id: string, priority: number): void;
  /** Moves a queued run before another queued run of the same priority, or to the end (null). */
  moveBefore(id: string, other: string | null): void;
  tag(id: string, tags: { add?: readonly string[]; remove?: readonly string[] }): void;
  setNote(id: string, note: string): void;
  /** Removes a run that has ended, with its folder. */
  remove(id: string): Promise<void>;
  /** Resolves when none of the runs is queued, running or pausing. Rejects with `cancelled` on abort. */
  waitFor(ids: readonly string[], options?: { signal?: AbortSignal }): Promise<RunRecord[]>;
  /** Pauses every queued and running run of the list and resolves when all have. */
  pauseAll(ids: readonly string[]): Promise<RunRecord[]>;
}

export interface Budget {
  /** Sum of the threads of the runs at once. */
  readonly cores: number;
  readonly memoryBytes: number;
  /** Most train hosts at once. */
  readonly hosts: number;
  /** What one run is taken to need of memory. */
  readonly memoryPerRunBytes: number;
}

export interface QueueOwner {
  readonly pid: number;
  readonly machine: string;
  readonly self: boolean;
}

export interface Queue {
  /**
   * Becomes the owner of the queue and starts runs as the budget allows, until `close`. When another living
   * process owns it, stands by, and takes over should that one end. Returns who owns it now.
   */
  serve(): Promise<'self' | 'other'>;
  owner(): QueueOwner | null;
  /** Queued runs in the order in which they will start. */
  list(): RunRecord[];
  budget(): Budget;
  /** Takes effect at once for runs that have not started. */
  setBudget(change: Partial<Budget>): Budget;
}

export interface MethodSummary {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly paper: { readonly title: string; readonly reference: string } | null;
  readonly reconstruction: boolean;
  readonly deviations: readonly string[];
  readonly presets: readonly {
    readonly dataset: string;
    readonly source: string;
    readonly values: Readonly<Record<string, unknown>>;
  }[];
  readonly metrics: readonly {
    readonly metric: string;
    readonly title: string;
    readonly direction: 'max' | 'min' | 'none';
    readonly digits: number;
  }[];
}

export interface MethodDetail extends MethodSummary {
  readonly defaults: Readonly<Record<string, unknown>>;
  /** JSON schema (draft 2020-12) of the configuration. */
  readonly jsonSchema: Readonly<Record<string, unknown>>;
}

export interface Methods {
  list(): Promise<MethodSummary[]>;
  /** Throws `not-found` with the nearest name as a hint. */
  show(name: string): Promise<MethodDetail>;
  /** JSON schema of experiment files, every method's fields included. */
  experimentSchema(): Promise<Readonly<Record<string, unknown>>>;
}

/** One metric of one cell: the values of all seeds under one aggregation. */
export interface TableEntry {
  readonly experiment: string;
  readonly dataset: string;
  readonly datasetChecksum: string;
  readonly method: string;
  readonly label: string;
  /** Hash of the specification without its seed: entries with the same hash are the same cell. */
  readonly cellHash: string;
  readonly protocolHash: string;
  readonly protocol: Protocol;
  readonly metric: string;
  readonly aggregation: Aggregation;
  /** True for a policy without learning that is scored once. */
  readonly reference: boolean;
  /** One a run that has the metric, by seed; `value` is null when the run has no finite value yet. */
  readonly values: readonly {
    run: string;
    seed: number;
    status: RunStatus;
    value: number | null;
  }[];
}

export interface TableOptions {
  /** Metric names without a family, such as `rTra`; default: all that the methods declare. */
  readonly metrics?: readonly string[];
  readonly aggregations?: readonly Aggregation[];
  /** Also values of runs that have not ended; without it they are null. Default false. */
  readonly unfinished?: boolean;
  /** Reference policies that are already scored under the runs' protocols. Default true. */
  readonly references?: boolean;
}

export interface Tables {
  data(experiments: string | readonly string[], options?: TableOptions): Promise<TableEntry[]>;
}

export interface VerifiedCheckpoint {
  readonly folder: string;
  readonly ok: boolean;
  /** What is wrong, one sentence each; empty when ok. */
  readonly problems: readonly string[];
  readonly files: readonly { name: string; bytes: number }[];
}

export interface Checkpoints {
  /**
   * Copies a checkpoint into a new folder with `config.json`, `run.json` and a card `README.md`. Default: the
   * newest. Throws `already-exists` when the target is there.
   */
  export(
    run: string,
    target: string,
    options?: { checkpoint?: string },
  ): Promise<VerifiedCheckpoint>;
  /** Re-reads every file of a checkpoint folder and compares it with its manifest. */
  verify(folder: string): Promise<VerifiedCheckpoint>;
}

/** What changed since a cursor. Ask the services for the new content. */
export interface CoreChange {
  /** Give it to `onChange` to continue from here after a reconnect. */
  readonly cursor: number;
  /** Runs whose record changed (status, progress, device, priority…). */
  readonly runs: readonly string[];
  /** Series that grew or were cut: `count` live points now. */
  readonly series: readonly { run: string; metric: string; count: number }[];
  /** Runs that have new log lines. */
  readonly logs: readonly string[];
  /** Lists to read again. */
  readonly topics: readonly ('experiments' | 'datasets' | 'queue' | 'references')[];
}

/** Something the user should be told that happened outside a run. */
export interface CoreNotice {
  readonly level: 'info' | 'warning' | 'error';
  readonly message: string;
}

/** State of a host that stopped answering; it is never ended for silence alone. */
export interface HostHealth {
  readonly run: string;
  readonly responsive: boolean;
  readonly silentMs: number;
}
