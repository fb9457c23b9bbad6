import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { OffrecError } from '#contract/errors.ts';
import { fromRouterError } from '#contract/route.ts';
import type { JobProgress } from '#contract/routes/job.ts';

export type JobEvent<Result> =
  | { readonly type: 'progress'; readonly progress: JobProgress }
  | { readonly type: 'done'; readonly result: Result };

export interface Job<Result> {
  readonly result: ShallowRef<Result | null>;
  readonly progress: ShallowRef<JobProgress | null>;
  readonly error: ShallowRef<OffrecError | null>;
  readonly running: ShallowRef<boolean>;
  start: () => Promise<void>;
  cancel: () => void;
}

/** Something that takes long, with its progress. Leaving the page cancels it. */
export function useJob<Result>(
  begin: (signal: AbortSignal) => Promise<AsyncIterable<JobEvent<Result>>>,
): Job<Result> {
  const result = shallowRef<Result | null>(null);
  const progress = shallowRef<JobProgress | null>(null);
  const error = shallowRef<OffrecError | null>(null);
  const running = shallowRef(false);
  let controller: AbortController | null = null;

  async function start(): Promise<void> {
    controller?.abort();
    const own = new AbortController();
    controller = own;
    running.value = true;
    error.value = null;
    try {
      for await (const event of await begin(own.signal)) {
        if (own.signal.aborted) break;
        if (event.type === 'progress') progress.value = event.progress;
        else result.value = event.result;
      }
    } catch (thrown) {
      const failure = fromRouterError(thrown);
      if (controller === own && failure.code !== 'cancelled') error.value = failure;
    } finally {
      if (controller === own) {
        running.value = false;
        progress.value = null;
      }
    }
  }

  const cancel = (): void => controller?.abort();
  onScopeDispose(cancel);
  return { result, progress, error, running, start, cancel };
}
