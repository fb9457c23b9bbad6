import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { JobState } from '#contract/routes/jobs.ts';
import { core, onReset } from '../api/session.ts';

const againAfterMs = 2000;

/** Jobs of every page and client, followed as long as this page lives. */
export const useJobs = defineStore('jobs', () => {
  const jobs = shallowRef<readonly JobState[]>([]);
  const dismissed = shallowRef<ReadonlySet<string>>(new Set());
  let following: AbortController | null = null;

  async function follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const next of await core.jobs.follow(undefined, { signal })) jobs.value = next;
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

  /** Those that go on without a page to look at them. */
  const running = computed(() =>
    jobs.value.filter(({ state, lasting }) => state === 'running' && lasting),
  );
  const failed = computed(() =>
    jobs.value.filter(
      ({ id, state, lasting }) => state === 'failed' && lasting && !dismissed.value.has(id),
    ),
  );
  function dismiss(id: string): void {
    dismissed.value = new Set([...dismissed.value, id]);
  }
  return { running, failed, dismiss };
});
