import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { SetupState } from '#contract/routes/system.ts';
import { followAlways } from '../api/follow.ts';
import { core } from '../api/session.ts';

/** How the native libraries of the core's machine stand, followed as long as the page. */
export const useSetup = defineStore('setup', () => {
  const state = shallowRef<SetupState | null>(null);
  followAlways(
    (signal) => core.system.setup(undefined, { signal }),
    (next) => (state.value = next),
  );
  return { state };
});
