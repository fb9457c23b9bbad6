import { watch } from 'vue';
import type { DatasetStatistics } from '#contract/routes/datasets.ts';
import { core } from '../../api/session.ts';
import { useJobs } from '../../stores/jobs.ts';
import { useJob, type Job } from '../use-job.ts';

/**
 * Statistics of the named dataset. What is being counted already, since before a reload or in another window, is
 * followed instead of counted twice.
 */
export function useDatasetStatistics(name: () => string): Omit<Job<DatasetStatistics>, 'attach'> {
  const jobs = useJobs();
  const { result, progress, error, running, start, attach, cancel } = useJob((signal) =>
    core.datasets.statistics({ name: name() }, { signal }),
  );
  let isGivenUp = false;

  async function show(): Promise<void> {
    const asked = name();
    isGivenUp = false;
    result.value = null;
    const underWay = jobs.underWay.find(
      ({ kind, subject }) => kind === 'statistics' && subject === asked,
    );
    if (underWay === undefined) return start();
    await attach(underWay.id);
    // The window that had begun it may have ended it.
    const isAnswered = result.value !== null || error.value !== null || isGivenUp;
    if (!isAnswered && name() === asked) await start();
  }
  function giveUp(): void {
    isGivenUp = true;
    cancel();
  }
  watch([name, () => jobs.isKnown], ([, isKnown]) => isKnown && void show(), { immediate: true });
  return { result, progress, error, running, start, cancel: giveUp };
}
