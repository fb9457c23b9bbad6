import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { JobState } from '#contract/routes/jobs.ts';
import { core, onReset } from '../api/session.ts';

const againAfterMs = 2000;

/** Jobs of every page and client, followed as long as this page lives. */
export const useJobs = defineStore('jobs', () => {
  const jobs = shallowRef<readonly JobState[]>([]);
  /** Whether the list has been heard of since the page was opened. */
  const isKnown = shallowRef(false);
  const dismissed = shallowRef<ReadonlySet<string>>(new Set());
  let following: AbortController | null = null;

  async function follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const next of await core.jobs.follow(undefined, { signal })) {
          jobs.value = next;
          isKnown.value = true;
        }
      } catch {
        // The line was lost, which the banner tells; the next one is waited for.
      }
      await new Promise((resolve) => setTimeout(resolve, againAfterMs));
    }
  }
  function begin(): void {
    following?.abort();
    following = new AbortController();
    void follow(following.signal);
  }
  begin();
  onReset(begin);

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
