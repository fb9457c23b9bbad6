import { OffrecError } from '#contract/errors.ts';
import type { RouterClient } from '#contract/router.ts';
import type { JobEvent, JobProgress } from '#contract/routes/job.ts';
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
  { jobs }: Pick<RouterClient, 'jobs'>,
  title: string,
  start: () => Promise<AsyncIterable<JobEvent<Result>>>,
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
    for await (const event of await start()) {
      if (event.type === 'done') return event.result;
      if (event.type === 'progress') onProgress(event.progress);
      else cancelOn(interrupts.signal, () => jobs.cancel({ id: event.job }));
    }
    throw new OffrecError('internal', 'The job ended without a result.', { where: title });
  } finally {
    display.close();
  }
}

/** The job then ends with `cancelled`, which its events tell. */
function cancelOn(signal: AbortSignal, cancel: () => Promise<unknown>): void {
  if (signal.aborted) void cancel();
  else signal.addEventListener('abort', () => void cancel(), { once: true });
}
