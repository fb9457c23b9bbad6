import { defineStore } from 'pinia';
import { computed } from 'vue';
import { core, readWhenever } from '../api/session.ts';
import { loaded } from './loading.ts';

/** The methods that Offrec has and what they measure. */
export const useMethods = defineStore('methods', () => {
  const { value: methods, error, load } = loaded(() => core.methods.list());
  readWhenever(load);

  /** Every metric that any method declares, once. */
  const metrics = computed(() => {
    const infos = (methods.value ?? []).flatMap((method) => method.metrics);
    return [...new Map(infos.map((info) => [info.metric, info])).values()];
  });
  return { methods, metrics, error, load };
});
