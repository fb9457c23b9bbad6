import { defineStore } from 'pinia';
import { reactive } from 'vue';
import { core } from '../api/session.ts';
import { loaded } from './loading.ts';

/** What the last look over the installation found. It takes seconds, so it is asked for by hand. */
export const useHealth = defineStore('health', () => {
  const { value: report, error, loading, load } = loaded(() => core.system.doctor());
  const state = reactive(loaded(() => core.health.show()));
  return { report, error, loading, load, state };
});
