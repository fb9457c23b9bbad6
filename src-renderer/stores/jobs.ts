import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { JobState } from '#contract/routes/jobs.ts';
import { followAlways } from '../api/follow.ts';
import { core } from '../api/session.ts';

/** Jobs of every page and client, followed as long as this page lives. */
export const useJobs = defineStore('jobs', () => {
  const jobs = shallowRef<readonly JobState[]>([]);
  /** Whether the list has been heard of since the page was opened. */
  const isKnown = shallowRef(false);
  const dismissed = shallowRef<ReadonlySet<string>>(new Set());

  followAlways(
    (signal) => core.jobs.follow(undefined, { signal }),
    (next) => {
      jobs.value = next;
      isKnown.value = true;
    },
  );

  const underWay = computed(() => jobs.value.filter(({ state }) => state === 'running'));
  /** Those that go on without a page to look at them. */
  const running = computed(() => underWay.value.filter(({ lasting }) => lasting));
  const failed = computed(() =>
    jobs.value.filter(
      ({ id, state, lasting }) => state === 'failed' && lasting && !dismissed.value.has(id),
    ),
  );
  function dismiss(id: string): void {
    dismissed.value = new Set([...dismissed.value, id]);
  }
  return { isKnown, underWay, running, failed, dismiss };
});
