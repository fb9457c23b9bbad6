import { defineStore } from 'pinia';
import { reactive } from 'vue';
import { resultOf } from '../api/jobs.ts';
import { core } from '../api/session.ts';
import { loaded } from './loading.ts';

/** The database file, its backups, and what the parts of the data folder take. Read when somebody looks. */
export const useDatabase = defineStore('database', () => {
  const info = reactive(loaded(() => core.database.info()));
  const backups = reactive(loaded(() => core.database.backups()));
  const folders = reactive(
    loaded(() => resultOf(core, (signal) => core.database.folders(undefined, { signal }))),
  );
  const loadQuick = async (): Promise<void> => {
    await Promise.all([info.load(), backups.load()]);
  };
  return { info, backups, folders, loadQuick };
});
