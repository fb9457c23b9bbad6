import { defineStore } from 'pinia';
import { computed } from 'vue';
import { core, onChange, readWhenever } from '../api/session.ts';
import { loaded } from './loading.ts';

const shownRuns = 200;
const gatherMs = 500;

/** What runs, what waits and what failed, kept up to date. */
export const useQueue = defineStore('queue', () => {
  const {
    value: state,
    error,
    load,
  } = loaded(async () => ({
    ...(await core.queue.show({ limit: shownRuns })),
    readAtMs: Date.now(),
  }));
  readWhenever(load);
  let timer: ReturnType<typeof setTimeout> | null = null;
  onChange(({ topics, runs }) => {
    if ((runs.length === 0 && !topics.includes('queue')) || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      void load();
    }, gatherMs);
  });
  const expected = computed(
    () => new Map((state.value?.expected ?? []).map((each) => [each.run, each])),
  );
  return { state, expected, error, load };
});
