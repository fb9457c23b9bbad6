import { coreSettingsSchema, type CoreSettings } from '#contract/routes/settings.ts';
import type { Store } from '#store/store.ts';

const setting = 'settings';

/** Settings as stored, over their defaults. */
export function readSettings(store: Store): CoreSettings {
  return coreSettingsSchema.parse(store.read.keepsakes.setting(setting) ?? {});
}

export interface Settings {
  get(): CoreSettings;
  /** Changes what is named. Throws `read-only`. */
  set(change: Partial<CoreSettings>): CoreSettings;
}

/** What belongs to the data folder and holds for everybody who uses it. */
export function createSettings({ store }: { readonly store: Store }): Settings {
  return {
    get: () => readSettings(store),
    set(change) {
      const next = coreSettingsSchema.parse({ ...readSettings(store), ...change });
      store.write.keepsakes.putSetting(setting, next, 'settings');
      return next;
    },
  };
}
