import { OffrecError, fromWireError } from '#contract/errors.ts';
import { fromJobHostSchema, type FromJobHost, type Job, type ToJobHost } from '#contract/job.ts';
import { sweepLeftovers } from '#engine/data/files.ts';
import { SupervisedHost } from '#supervise/supervised-host.ts';
import type { JobOptions } from './api.ts';
import { hostEnvironment, type CoreContext } from './context.ts';

/** Jobs that run now, so that closing the core can end them. */
export class Jobs {
  readonly #context: CoreContext;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(context: CoreContext) {
    this.#context = context;
  }

  /** Does a job in a process of its own. Rejects with the job's error, `cancelled` or `host-gone`. */
  async run(job: Job, options: JobOptions = {}): Promise<unknown> {
    const signals = [
      this.#closing.signal,
      ...(options.signal === undefined ? [] : [options.signal]),
    ];
    const work = runJob(this.#context, job, options, AbortSignal.any(signals));
    this.#underWay.add(work);
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#underWay]);
  }
}

/** A job keeps nothing that a kill could harm: it is not asked for long. */
const patience = { cooperativeMs: 3_000, terminateMs: 2_000 };

async function runJob(
  context: CoreContext,
  job: Job,
  options: JobOptions,
  signal: AbortSignal,
): Promise<unknown> {
  if (signal.aborted) throw cancelled();
  let done: Extract<FromJobHost, { type: 'done' }> | null = null;
  let failure: OffrecError | null = null;
  const host = new SupervisedHost<FromJobHost>({
    launcher: context.launcher,
    entry: context.hostEntries.job,
    name: `offrec-${job.kind}`,
    environment: hostEnvironment(context.home),
    patience,
    parse: (message) => fromJobHostSchema.parse(message),
    onMessage(message) {
      if (message.type === 'progress') options.onProgress?.(message.progress);
      else if (message.type === 'done') done = message;
      else if (message.type === 'failed') failure = fromWireError(message.error);
    },
  });
  const cancel = (): void => void host.stop({ type: 'cancel' } satisfies ToJobHost);
  signal.addEventListener('abort', cancel);
  host.send({ type: 'start', job } satisfies ToJobHost);
  const exit = await host.exit;
  signal.removeEventListener('abort', cancel);
  // What a job wrote that ended before its time; one that ended in order has left nothing.
  if (exit.reason !== 'ended' && job.kind === 'import') await sweepLeftovers(job.into);
  if (done !== null) return (done as Extract<FromJobHost, { type: 'done' }>).result;
  if (failure !== null) throw failure as OffrecError;
  if (signal.aborted) throw cancelled();
  throw new OffrecError(
    exit.reason === 'oom' ? 'out-of-memory' : 'host-gone',
    `The process of the ${job.kind} ${exit.description}.`,
    exit.outputTail.length === 0 ? {} : { hint: exit.outputTail.slice(-5).join('\n') },
  );
}

function cancelled(): OffrecError {
  return new OffrecError('cancelled', 'Cancelled; nothing was kept.');
}
