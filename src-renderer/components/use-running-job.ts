import { watch } from 'vue';
import type { JobState } from '#contract/routes/jobs.ts';
import { useJobs } from '../stores/jobs.ts';
import type { Job } from './use-job.ts';

/**
 * Lets a form follow a job of its own that is under way already: begun before the page was reloaded or left, or in
 * another window. `ended` is called when a job that was found so has ended, however.
 */
export function useRunningJob(
  { running, attach }: Pick<Job<unknown>, 'running' | 'attach'>,
  isOurs: (job: JobState) => boolean,
  ended: () => void = () => {},
): void {
  const jobs = useJobs();
  watch(
    () => jobs.underWay.find(isOurs)?.id,
    (id) => {
      if (id !== undefined && !running.value) void attach(id).then(ended);
    },
    { immediate: true },
  );
}
