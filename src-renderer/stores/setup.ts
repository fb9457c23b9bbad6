import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { SetupState } from '#contract/routes/system.ts';
import { core, onReset } from '../api/session.ts';

const againAfterMs = 2000;

/** How the native libraries of the core's machine stand, followed as long as the page. */
export const useSetup = defineStore('setup', () => {
  const state = shallowRef<SetupState | null>(null);
  let following: AbortController | null = null;

  async function follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const next of await core.system.setup(undefined, { signal })) state.value = next;
      } catch {
        // The line was lost, which the banner tells; the next one is waited for.
      }
      await new Promise((resolve) => setTimeout(resolve, againAfterMs));
    }
  }
  function begin(): void {
    following?.abort();
    following = new AbortController();
    void follow(following.signal);
  }
  begin();
  onReset(begin);
  return { state };
});
