import { defineStore } from 'pinia';
import { reactive } from 'vue';
import type { MachineReport } from '#contract/routes/system.ts';
import { resultOf } from '../api/jobs.ts';
import { core } from '../api/session.ts';
import { loaded } from './loading.ts';

/** What the last look over the installation found. It takes seconds, so it is asked for by hand. */
export const useHealth = defineStore('health', () => {
  const {
    value: report,
    error,
    loading,
    load,
  } = loaded(() =>
    resultOf<MachineReport>(core, (signal) => core.system.doctor(undefined, { signal })),
  );
  const state = reactive(loaded(() => core.health.show()));
  return { report, error, loading, load, state };
});
