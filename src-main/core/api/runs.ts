import type {
  CheckpointRecord,
  LogLine,
  RunDetail,
  SeriesAxis,
  SeriesBuckets as BucketsOfRun,
  SeriesPoints,
} from '#contract/routes/runs.ts';
import type { MetricSummary, RunRecord, RunStatus } from '#contract/run.ts';

export type { CheckpointRecord, LogLine, RunDetail, SeriesPoints };

export interface BucketOptions {
  readonly pixels: number;
  /** Part of the axis; default: all of it. */
  readonly fromPlace?: number;
  readonly toPlace?: number;
  /** What places are: logged steps (default), epochs, or seconds of training time over all segments. */
  readonly axis?: SeriesAxis;
  /** The points that resumes left behind instead of the live curve. */
  readonly discarded?: boolean;
}

/** A series condensed for a screen: one entry a bucket that has points, in order of places on the axis. */
export type SeriesBuckets = Omit<BucketsOfRun, 'run'>;

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
  buckets(id: string, metric: string, options: BucketOptions): SeriesBuckets;
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
  mark(id: string, marks: { favourite?: boolean; archived?: boolean }): void;
  /** Removes a run that has ended, with its folder. */
  remove(id: string): Promise<void>;
  /** Resolves when none of the runs is queued, running or pausing. Rejects with `cancelled` on abort. */
  waitFor(ids: readonly string[], options?: { signal?: AbortSignal }): Promise<RunRecord[]>;
  /** Pauses every queued and running run of the list and resolves when all have. */
  pauseAll(ids: readonly string[]): Promise<RunRecord[]>;
}
