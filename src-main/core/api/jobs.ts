import type { JobEvent, JobProgress } from '#contract/routes/job.ts';
import type { JobKind, JobState } from '#contract/routes/jobs.ts';

export type { JobEvent, JobProgress, JobState };

export interface JobOptions {
  onProgress?: (progress: JobProgress) => void;
  /** Aborting ends the job with OffrecError `cancelled`; nothing half done stays. */
  signal?: AbortSignal;
}

export interface JobDescription {
  readonly kind: JobKind;
  /** What it does, to read. */
  readonly title: string;
  readonly subject?: string;
  /** Goes on when nobody follows it. */
  readonly lasting?: boolean;
}

/** Everything that takes long and was asked for by a client, whoever still listens. */
export interface JobBook {
  /** Starts a job and gives its id. Throws `busy` when too many are under way. */
  begin(job: JobDescription, start: (options: JobOptions) => Promise<unknown>): string;
  /** Running and lately ended jobs, newest first. */
  list(): JobState[];
  /**
   * Its id, the newest progress whenever the reader is ready for it, then the result; the job's error is thrown.
   * Ends early when `gone` is aborted. Throws `not-found`.
   */
  watch(id: string, gone?: AbortSignal): AsyncGenerator<JobEvent<unknown>, void>;
  /** Resolves when the job has ended. Throws `not-found`. */
  cancel(id: string): Promise<void>;
  /** Calls the listener after every change. Returns the function that ends it. */
  onChange(listener: () => void): () => void;
}
