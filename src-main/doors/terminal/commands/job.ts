import type { JobOptions } from '#core/api.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { openDisplay } from '../progress/display.ts';
import type { Terminal } from '../terminal.ts';

const windowMs = 500;

/**
 * Runs a job of the core with progress and a clean end on Ctrl-C. Under `--json` progress goes to stderr as JSON
 * lines, because stdout carries the answer alone.
 */
export async function runJob<Result>(
  terminal: Terminal,
  title: string,
  work: (options: Required<JobOptions>) => Promise<Result>,
): Promise<Result> {
  const display = await openDisplay(terminal);
  using interrupts = listenForInterrupts(terminal, () =>
    display.note('Ending. Press Ctrl-C again to stop at once.'),
  );
  const startedMs = performance.now();
  let toldMs = -Infinity;
  const onProgress: Required<JobOptions>['onProgress'] = ({ stage, done, total, unit }) => {
    const elapsedMs = performance.now() - startedMs;
    if (terminal.json && elapsedMs - toldMs >= windowMs) {
      toldMs = elapsedMs;
      terminal.say(JSON.stringify({ event: 'progress', stage, done, total, unit }));
    }
    const ratePerS = elapsedMs < windowMs || done === 0 ? null : (done / elapsedMs) * 1000;
    const remainingS = ratePerS === null || total === null ? null : (total - done) / ratePerS;
    display.update(title, { title, stage, done, total, unit, ratePerS, remainingS });
  };
  try {
    return await work({ onProgress, signal: interrupts.signal });
  } finally {
    display.close();
  }
}
