import type { JobProgress } from '#contract/routes/job.ts';
import { OffrecError } from '#contract/errors.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { openDisplay } from '../progress/display.ts';
import type { Terminal } from '../terminal.ts';

const windowMs = 500;

export type JobEvent<Result> =
  { type: 'progress'; progress: JobProgress } | { type: 'done'; result: Result };

/**
 * Runs a job of the core with progress and a clean end on Ctrl-C. Under `--json` progress goes to stderr as JSON
 * lines, because stdout carries the answer alone.
 */
export async function runJob<Result>(
  terminal: Terminal,
  title: string,
  start: (options: { signal: AbortSignal }) => Promise<AsyncIterable<JobEvent<Result>>>,
): Promise<Result> {
  const display = await openDisplay(terminal);
  using interrupts = listenForInterrupts(terminal, () =>
    display.note('Ending. Press Ctrl-C again to stop at once.'),
  );
  const startedMs = performance.now();
  let toldMs = -Infinity;
  const onProgress = ({ stage, done, total, unit }: JobProgress): void => {
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
    for await (const event of await start({ signal: interrupts.signal })) {
      if (event.type === 'done') return event.result;
      onProgress(event.progress);
    }
    throw new OffrecError('internal', 'The job ended without a result.', { where: title });
  } finally {
    display.close();
  }
}
