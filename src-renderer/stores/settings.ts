import { defineStore } from 'pinia';
import type { CoreSettings } from '#contract/routes/settings.ts';
import { core, onChange, readWhenever } from '../api/session.ts';
import { loaded } from './loading.ts';

/** What belongs to the data folder and holds for everybody who uses it. */
export const useSettings = defineStore('settings', () => {
  const { value: settings, error, load } = loaded(() => core.settings.get());
  readWhenever(load);
  onChange(({ topics }) => {
    if (topics.includes('settings')) void load();
  });
  async function set(change: Partial<CoreSettings>): Promise<void> {
    settings.value = await core.settings.set(change);
  }
  return { settings, error, load, set };
});
