import type { JobProgress } from '#contract/routes/job.ts';

export type { JobProgress };

export interface JobOptions {
  onProgress?: (progress: JobProgress) => void;
  /** Aborting ends the job with OffrecError `cancelled`; nothing half done stays. */
  signal?: AbortSignal;
}
