import { onReset } from './session.ts';

const againAfterMs = 2000;

/**
 * Takes in every state that a subscription tells, for as long as the page lives and over as many lines as it takes:
 * `followAlways((signal) => core.jobs.follow(undefined, { signal }), (jobs) => …)`.
 */
export function followAlways<State>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<State>>,
  take: (state: State) => void,
): void {
  let following: AbortController | null = null;

  async function follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const state of await open(signal)) take(state);
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
}
