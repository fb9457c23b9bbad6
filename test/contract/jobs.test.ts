import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OffrecError } from '#contract/errors.ts';
import { fromRouterError } from '#contract/router-error.ts';
import type { RouterClient } from '#contract/router.ts';
import type { JobEvent } from '#contract/routes/job.ts';
import type { JobOptions } from '#core/api.ts';
import { OpenJobBook } from '#core/job-book.ts';
import { followJob } from '#renderer/api/jobs.ts';
import { jobEvents } from '#doors/router/streams.ts';
import { temporaryHome } from '../runs/support/homes.ts';
import { clientOver, connect, connectClient, serveCore } from '../support/served.ts';

const progress = (done: number) => ({ stage: 'reading', done, total: 3, unit: 'rows' });
const cheap = { kind: 'guess', title: 'A look' } as const;
const lasting = { kind: 'import', title: 'An import', lasting: true } as const;

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

/** Everything that is left of a job's events. */
async function rest(events: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('a job as events', () => {
  it('tells its id, the newest progress to a client that was busy, then the result', async () => {
    const job = startable();
    const book = new OpenJobBook();
    const events = jobEvents(book, undefined, cheap, job.start);
    const id = book.list()[0]?.id;
    expect((await events.next()).value).toEqual({
      type: 'started',
      job: id ?? book.list()[0]?.id,
      lasting: false,
    });
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

  it('fails with the error of the job, for whoever comes later as well', async () => {
    const job = startable();
    const book = new OpenJobBook();
    const events = jobEvents(book, undefined, cheap, job.start);
    await events.next();
    const next = events.next();
    job.end()?.reject(new OffrecError('corrupt-file', 'Bad row.', { where: 'log.csv:3' }));
    const error = fromRouterError(await next.catch((each: unknown) => each));
    expect(error).toMatchObject({ code: 'corrupt-file', where: 'log.csv:3' });
    const [state] = book.list();
    expect(state).toMatchObject({ state: 'failed', error: { code: 'corrupt-file' } });
    await expect(rest(book.watch(String(state?.id)))).rejects.toMatchObject({
      code: 'corrupt-file',
    });
  });
});

describe('the book of jobs', () => {
  it('keeps a lasting job whose followers have gone, and its result', async () => {
    const book = new OpenJobBook({ patienceMs: 0 });
    const job = startable();
    const id = book.begin(lasting, job.start);
    const gone = new AbortController();
    const events = book.watch(id, gone.signal);
    await events.next();
    gone.abort();
    expect((await events.next()).done).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(book.list()).toMatchObject([{ id, state: 'running' }]);
    job.end()?.resolve('result');
    expect((await rest(book.watch(id))).at(-1)).toEqual({ type: 'done', result: 'result' });
  });

  it('ends what nobody follows any more and what serves only a follower', async () => {
    const book = new OpenJobBook({ patienceMs: 0 });
    const job = startable();
    const id = book.begin(cheap, job.start);
    const one = book.watch(id);
    const other = book.watch(id);
    await Promise.all([one.next(), other.next()]);
    await one.return();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(job.options()?.signal?.aborted).toBe(false);
    await other.return();
    await expect.poll(() => book.list()[0]?.state).toBe('cancelled');
  });

  it('waits for a follower to come back', async () => {
    const book = new OpenJobBook({ patienceMs: 60_000 });
    const job = startable();
    const id = book.begin(cheap, job.start);
    const before = book.watch(id);
    await before.next();
    await before.return();
    const after = rest(book.watch(id));
    job.end()?.resolve('result');
    expect((await after).at(-1)).toEqual({ type: 'done', result: 'result' });
  });

  it('tells two clients the same', async () => {
    const book = new OpenJobBook();
    const job = startable();
    const id = book.begin(lasting, job.start);
    const both = [rest(book.watch(id)), rest(book.watch(id))];
    await new Promise(setImmediate);
    job.options()?.onProgress?.(progress(2));
    await new Promise(setImmediate);
    job.end()?.resolve('result');
    const [one, other] = await Promise.all(both);
    expect(one).toEqual([
      { type: 'started', job: id, lasting: true },
      { type: 'progress', progress: progress(2) },
      { type: 'done', result: 'result' },
    ]);
    expect(other).toEqual(one);
  });

  it('is bounded: it refuses more jobs at once and forgets old ends', async () => {
    const book = new OpenJobBook({ runningAtOnce: 3, keptEnded: 2 });
    const ids = [0, 1, 2].map(() => book.begin(lasting, startable().start));
    expect(() => book.begin(lasting, startable().start)).toThrow(
      expect.objectContaining({ code: 'busy' }),
    );
    for (const id of ids) await book.cancel(id);
    expect(book.list()).toHaveLength(2);
    for (let at = 0; at < 100; at++) {
      const id = book.begin(lasting, () => Promise.resolve(at));
      await rest(book.watch(id));
    }
    expect(book.list()).toHaveLength(2);
    expect(() => book.watch(String(ids[0]))).toThrow(
      expect.objectContaining({ code: 'not-found' }),
    );
  });

  it('does not forget the result of an import for many short checks', async () => {
    const book = new OpenJobBook({ keptEnded: 2 });
    const id = book.begin(lasting, () => Promise.resolve('imported'));
    await rest(book.watch(id));
    for (let at = 0; at < 20; at++) {
      await rest(book.watch(book.begin(cheap, () => Promise.resolve(at))));
    }
    expect((await rest(book.watch(id))).at(-1)).toEqual({ type: 'done', result: 'imported' });
  });

  it('ends everything when it is closed', async () => {
    const book = new OpenJobBook();
    const jobs = [startable(), startable()];
    for (const { start } of jobs) book.begin(lasting, start);
    await book.close();
    expect(book.list().map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  });
});

const world = (users: number) => ({
  kind: 'synthetic' as const,
  name: 'world',
  options: { users, items: 1500, interactionsPerUser: 100 },
});

/** Begins an import and gives its id and its remaining events. */
async function begin(client: RouterClient, users = 1500) {
  const events = (await client.datasets.import(world(users))) as AsyncIterator<JobEvent<unknown>>;
  const { value } = await events.next();
  if (value?.type !== 'started') throw new Error('the first event does not tell the id');
  return { id: value.job, events };
}

describe('an import over a network', () => {
  it('goes on when the socket drops, and another connection gets its result', async () => {
    const served = await serveCore();
    const socket = await connect(served);
    const { id, events } = await begin(clientOver(socket));
    const left = events.next().then(async () => events.next());
    socket.terminate();
    await left.catch(() => undefined);
    const client = await connectClient(served);
    expect(await client.jobs.list()).toMatchObject([{ id, kind: 'import', subject: 'world' }]);
    const all = await rest(await client.jobs.watch({ id }));
    expect(all.at(-1)).toMatchObject({ type: 'done', result: { name: 'world', users: 1500 } });
    expect((await client.datasets.show({ name: 'world' })).users).toBe(1500);
    expect(await client.jobs.list()).toMatchObject([{ id, state: 'done' }]);
  }, 60_000);

  it('is followed through a loss by the page by itself', async () => {
    const served = await serveCore();
    const first = await connect(served);
    let client = clientOver(first);
    // What the page's connection does: the same client over another line.
    const core = { jobs: { watch: (...given: [{ id: string }]) => client.jobs.watch(...given) } };
    const types: string[] = [];
    for await (const event of followJob(
      core as unknown as RouterClient,
      (signal) => client.datasets.import(world(1501), { signal }),
      new AbortController().signal,
    )) {
      types.push(event.type);
      if (types.length > 1) continue;
      first.terminate();
      client = await connectClient(served);
    }
    expect(types.filter((type) => type === 'started')).toHaveLength(2);
    expect(types.at(-1)).toBe('done');
    expect(served.core.datasets.show('world').users).toBe(1501);
  }, 60_000);

  it('leaves nothing when it is cancelled by another client', async () => {
    const home = temporaryHome();
    const served = await serveCore(home);
    const { id, events } = await begin(await connectClient(served), 3000);
    const other = await connectClient(served);
    const told = rest({ [Symbol.asyncIterator]: () => events as AsyncIterableIterator<unknown> });
    const ending = told.catch((error: unknown) => fromRouterError(error).code);
    await other.jobs.cancel({ id });
    expect(await ending).toBe('cancelled');
    expect(existsSync(join(home, 'datasets', 'world'))).toBe(false);
    expect(readdirSync(join(home, 'datasets'))).toEqual(['tiny']);
    expect(await other.jobs.list()).toMatchObject([{ id, state: 'cancelled', error: null }]);
  }, 60_000);

  it('tells that too many are under way', async () => {
    const served = await serveCore();
    const client = await connectClient(served);
    const job = startable();
    for (let at = 0; at < 16; at++) served.core.jobs.begin(lasting, job.start);
    const events = await client.database.folders();
    const error = await rest(events).catch((each: unknown) => fromRouterError(each));
    expect(error).toMatchObject({ code: 'busy', message: '16 jobs are under way already.' });
  });

  it('tells of a job that nobody knows', async () => {
    const client = await connectClient(await serveCore());
    const id = crypto.randomUUID();
    await expect(client.jobs.cancel({ id })).rejects.toMatchObject({ code: 'not-found' });
    const none = followJob(
      client,
      () => Promise.resolve(rewatch(client, id)),
      new AbortController().signal,
    );
    await expect(rest(none)).rejects.toMatchObject({ code: 'not-found' });
  });
});

async function* rewatch(client: RouterClient, id: string) {
  yield* (await client.jobs.watch({ id })) as AsyncIterable<JobEvent<unknown>>;
}
