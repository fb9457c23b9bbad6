import { useMessage } from 'naive-ui';
import { shallowRef, type ShallowRef } from 'vue';
import { fromRouterError } from '#contract/router-error.ts';

export interface Attempt {
  /** True while something that was asked for is under way. */
  readonly busy: ShallowRef<boolean>;
  /** Does something and tells the reader when it failed: what happened, where and what to do. */
  attempt: (work: () => Promise<string | null>) => Promise<void>;
}

/** For what the reader asks for: `work` resolves with what to say when it is done, or null. */
export function useAttempt(): Attempt {
  const message = useMessage();
  const busy = shallowRef(false);
  async function attempt(work: () => Promise<string | null>): Promise<void> {
    busy.value = true;
    try {
      const said = await work();
      if (said !== null) message.success(said);
    } catch (error) {
      const { message: what, where, hint } = fromRouterError(error);
      message.error([what, where, hint].filter((part) => part !== undefined).join(' — '), {
        duration: 10_000,
        closable: true,
      });
    } finally {
      busy.value = false;
    }
  }
  return { busy, attempt };
}
