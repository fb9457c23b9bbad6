import { describe, expect, it } from 'vitest';
import { OffrecError } from '#contract/errors.ts';
import { fromRouterError } from '#contract/route.ts';
import type { JobOptions } from '#core/api.ts';
import { jobEvents } from '#doors/router/streams.ts';

const progress = (done: number) => ({ stage: 'reading', done, total: 3, unit: 'rows' });

/** A job that ends when it is told to, and with `cancelled` when it is aborted. */
function startable() {
  const ends: { resolve: (value: string) => void; reject: (error: unknown) => void }[] = [];
  const given: JobOptions[] = [];
  const start = (options: JobOptions): Promise<string> =>
    new Promise((resolve, reject) => {
      ends.push({ resolve, reject });
      given.push(options);
      options.signal?.addEventListener('abort', () =>
        reject(new OffrecError('cancelled', 'The job was cancelled.')),
      );
    });
  return { start, end: () => ends[0], options: () => given[0] };
}

describe('a job as events', () => {
  it('tells the newest progress to a client that was busy, then the result', async () => {
    const job = startable();
    const events = jobEvents(undefined, job.start);
    const first = events.next();
    job.options()?.onProgress?.(progress(1));
    expect((await first).value).toEqual({ type: 'progress', progress: progress(1) });
    job.options()?.onProgress?.(progress(2));
    job.options()?.onProgress?.(progress(3));
    job.end()?.resolve('result');
    expect((await events.next()).value).toEqual({ type: 'progress', progress: progress(3) });
    expect((await events.next()).value).toEqual({ type: 'done', result: 'result' });
    expect((await events.next()).done).toBe(true);
  });

  it('ends when its client is gone', async () => {
    const job = startable();
    const gone = new AbortController();
    const next = jobEvents(gone.signal, job.start).next();
    gone.abort();
    expect(fromRouterError(await next.catch((error: unknown) => error)).code).toBe('cancelled');
    expect(job.options()?.signal?.aborted).toBe(true);
  });

  it('ends when its client wants no more events', async () => {
    const job = startable();
    const events = jobEvents(undefined, job.start);
    const first = events.next();
    job.options()?.onProgress?.(progress(1));
    await first;
    await events.return();
    expect(job.options()?.signal?.aborted).toBe(true);
  });

  it('fails with the error of the job', async () => {
    const job = startable();
    const next = jobEvents(undefined, job.start).next();
    job.end()?.reject(new OffrecError('corrupt-file', 'Bad row.', { where: 'log.csv:3' }));
    const error = fromRouterError(await next.catch((each: unknown) => each));
    expect(error).toMatchObject({ code: 'corrupt-file', where: 'log.csv:3' });
  });
});
