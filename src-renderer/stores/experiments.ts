import { defineStore } from 'pinia';
import { core, onChange, readWhenever } from '../api/session.ts';
import { loaded } from './loading.ts';

/** All experiments with their files. */
export const useExperiments = defineStore('experiments', () => {
  const { value: experiments, error, loading, load } = loaded(() => core.experiments.list());
  readWhenever(load);
  onChange(({ topics }) => {
    if (topics.includes('experiments')) void load();
  });
  return { experiments, error, loading, load };
});
