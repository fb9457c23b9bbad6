import { OffrecError, toWireError } from '#contract/errors.ts';
import { toJobHostSchema, type FromJobHost, type Job } from '#contract/job.ts';
import type { JobControl } from './jobs.ts';
import type { HostLine } from './host-line.ts';

export type JobFunction = (job: Job, control: JobControl) => Promise<unknown>;

const progressEveryMs = 100;
const beatEveryMs = 5_000;

async function work(
  port: HostLine,
  job: Job,
  signal: AbortSignal,
  doJob: JobFunction,
): Promise<number> {
  const tell = (message: FromJobHost): Promise<void> => port.send(message);
  let toldMs = -Infinity;
  let stage = '';
  const onProgress: JobControl['onProgress'] = (progress) => {
    const now = performance.now();
    if (progress.stage === stage && now - toldMs < progressEveryMs) return;
    toldMs = now;
    stage = progress.stage;
    const total = progress.total > 0 ? progress.total : null;
    void tell({ type: 'progress', progress: { ...progress, total } });
  };
  const beat = setInterval(() => void tell({ type: 'beat' }), beatEveryMs);
  try {
    const result = await doJob(job, { onProgress, signal });
    await tell({ type: 'done', result });
    return 0;
  } catch (error) {
    const failure = signal.aborted ? new OffrecError('cancelled', 'Cancelled.') : error;
    await tell({ type: 'failed', error: toWireError(failure) });
    return 1;
  } finally {
    clearInterval(beat);
  }
}

/** Serves one job over the line to the parent; the parent's end cancels it. Resolves with the exit status. */
export function serveJob(port: HostLine, doJob: JobFunction): Promise<number> {
  const abort = new AbortController();
  return new Promise((resolve, reject) => {
    let started = false;
    port.onMessage((raw) => {
      const parsed = toJobHostSchema.safeParse(raw);
      if (!parsed.success) {
        reject(new OffrecError('internal', 'A message from the core makes no sense.'));
      } else if (parsed.data.type === 'cancel') {
        abort.abort();
      } else if (!started) {
        started = true;
        work(port, parsed.data.job, abort.signal, doJob).then(resolve, reject);
      }
    });
    port.onGone(() => {
      abort.abort();
      if (!started) resolve(0);
    });
  });
}
