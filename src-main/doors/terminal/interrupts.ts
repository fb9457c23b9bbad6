import { errorExitCodes } from '#contract/errors.ts';
import type { Terminal } from './terminal.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Owner of the signal listeners of one command. */
export interface Interrupts extends Disposable {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
}

/**
 * The first Ctrl-C (or SIGTERM, SIGHUP) asks for a clean end: `onFirst` says how. The second ends the process at
 * once; what was running continues later from its last checkpoint.
 */
export function listenForInterrupts(terminal: Terminal, onFirst: () => void): Interrupts {
  const abort = new AbortController();
  const listener = (): void => {
    if (!abort.signal.aborted) {
      abort.abort();
      onFirst();
      return;
    }
    terminal.say(
      'Stopped at once. Running the same command again continues from the last checkpoint.',
    );
    process.exit(errorExitCodes.cancelled);
  };
  for (const name of signals) process.on(name, listener);
  return {
    signal: abort.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) process.off(name, listener);
    },
  };
}
