import { defineStore } from 'pinia';
import { core, onChange, readWhenever } from '../api/session.ts';
import { loaded } from './loading.ts';

/** The imported datasets, and the folders that cannot be read. */
export const useDatasets = defineStore('datasets', () => {
  const { value: listing, error, loading, load } = loaded(() => core.datasets.list());
  readWhenever(load);
  onChange(({ topics }) => {
    if (topics.includes('datasets')) void load();
  });
  return { listing, error, loading, load };
});
