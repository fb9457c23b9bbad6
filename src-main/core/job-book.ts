import { randomUUID } from 'node:crypto';
import { OffrecError, toWireError } from '#contract/errors.ts';
import type {
  JobBook,
  JobDescription,
  JobEvent,
  JobOptions,
  JobProgress,
  JobState,
} from './api.ts';

type Outcome =
  { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: unknown };

interface Entry {
  readonly id: string;
  readonly description: JobDescription;
  readonly startedMs: number;
  readonly controller: AbortController;
  /** Woken by every change; one a follower. */
  readonly followers: Set<() => void>;
  /** Resolves when the job has ended, however. */
  settled: Promise<void>;
  progress: JobProgress | null;
  outcome: Outcome | null;
  endedMs: number | null;
  leaving: NodeJS.Timeout | null;
}

export interface JobBookLimits {
  readonly runningAtOnce: number;
  /** Ended jobs whose result can still be fetched: how many, and how long. */
  readonly keptEnded: number;
  readonly keptMs: number;
  /** How long a job that is not lasting waits for a follower to come back. */
  readonly patienceMs: number;
}

const usualLimits: JobBookLimits = {
  runningAtOnce: 16,
  keptEnded: 32,
  keptMs: 30 * 60_000,
  patienceMs: 20_000,
};

const isCancelled = (error: unknown): boolean =>
  error instanceof OffrecError && error.code === 'cancelled';

function stateOf({ id, description, startedMs, endedMs, progress, outcome }: Entry): JobState {
  const error = outcome === null || outcome.ok ? null : outcome.error;
  const failed = isCancelled(error) ? 'cancelled' : 'failed';
  return {
    id,
    kind: description.kind,
    title: description.title,
    subject: description.subject ?? null,
    lasting: description.lasting === true,
    startedAt: new Date(startedMs).toISOString(),
    endedAt: endedMs === null ? null : new Date(endedMs).toISOString(),
    state: outcome === null ? 'running' : outcome.ok ? 'done' : failed,
    progress: outcome === null ? progress : null,
    error: error === null || isCancelled(error) ? null : toWireError(error),
  };
}

/**
 * Owner of the jobs that clients asked for: a client that loses its connection follows the same job again by its id,
 * and the result of a job that ended meanwhile waits for it.
 */
export class OpenJobBook implements JobBook {
  readonly #limits: JobBookLimits;
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();

  constructor(limits: Partial<JobBookLimits> = {}) {
    this.#limits = { ...usualLimits, ...limits };
  }

  begin(description: JobDescription, start: (options: JobOptions) => Promise<unknown>): string {
    this.#forgetOld();
    const running = [...this.#entries.values()].filter(({ outcome }) => outcome === null);
    if (running.length >= this.#limits.runningAtOnce) {
      throw new OffrecError('busy', `${String(running.length)} jobs are under way already.`, {
        where: description.title,
        hint: 'Wait for one of them to end, or cancel one.',
      });
    }
    const entry: Entry = {
      id: randomUUID(),
      description,
      startedMs: Date.now(),
      controller: new AbortController(),
      followers: new Set(),
      settled: Promise.resolve(),
      progress: null,
      outcome: null,
      endedMs: null,
      leaving: null,
    };
    this.#entries.set(entry.id, entry);
    entry.settled = this.#carryOut(entry, start);
    this.#tell(entry);
    return entry.id;
  }

  list(): JobState[] {
    this.#forgetOld();
    return [...this.#entries.values()].reverse().map(stateOf);
  }

  watch(id: string, gone?: AbortSignal): AsyncGenerator<JobEvent<unknown>, void> {
    return this.#follow(this.#find(id), gone);
  }

  async cancel(id: string): Promise<void> {
    const entry = this.#find(id);
    entry.controller.abort();
    await entry.settled;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends every job. */
  async close(): Promise<void> {
    const entries = [...this.#entries.values()];
    for (const { controller, leaving } of entries) {
      controller.abort();
      if (leaving !== null) clearTimeout(leaving);
    }
    await Promise.all(entries.map(({ settled }) => settled));
  }

  async #carryOut(entry: Entry, start: (options: JobOptions) => Promise<unknown>): Promise<void> {
    const onProgress = (progress: JobProgress): void => {
      entry.progress = progress;
      this.#tell(entry);
    };
    try {
      const result = await start({ onProgress, signal: entry.controller.signal });
      entry.outcome = { ok: true, result };
    } catch (error) {
      entry.outcome = { ok: false, error };
    }
    entry.endedMs = Date.now();
    if (entry.leaving !== null) clearTimeout(entry.leaving);
    this.#tell(entry);
  }

  async *#follow(entry: Entry, gone: AbortSignal | undefined): AsyncGenerator<JobEvent<unknown>> {
    let wake = (): void => {};
    let changed = true;
    const onChange = (): void => {
      changed = true;
      wake();
    };
    this.#join(entry, onChange);
    gone?.addEventListener('abort', onChange, { once: true });
    const isGone = (): boolean => gone?.aborted === true;
    let told: JobProgress | null = null;
    try {
      yield { type: 'started', job: entry.id, lasting: entry.description.lasting === true };
      while (!isGone()) {
        if (!changed) await new Promise<void>((resolve) => (wake = resolve));
        changed = false;
        const { progress, outcome } = entry;
        if (progress !== null && progress !== told && !isGone()) {
          told = progress;
          yield { type: 'progress', progress };
        }
        if (outcome === null) continue;
        if (!outcome.ok) throw outcome.error;
        yield { type: 'done', result: outcome.result };
        return;
      }
    } finally {
      gone?.removeEventListener('abort', onChange);
      this.#leave(entry, onChange);
    }
  }

  #join(entry: Entry, follower: () => void): void {
    entry.followers.add(follower);
    if (entry.leaving !== null) clearTimeout(entry.leaving);
    entry.leaving = null;
  }

  #leave(entry: Entry, follower: () => void): void {
    entry.followers.delete(follower);
    const isWanted = entry.followers.size > 0 || entry.description.lasting === true;
    if (isWanted || entry.outcome !== null) return;
    entry.leaving = setTimeout(() => entry.controller.abort(), this.#limits.patienceMs);
    entry.leaving.unref();
  }

  #find(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry !== undefined) return entry;
    throw new OffrecError('not-found', 'Offrec does not know this job any more.', {
      where: id,
      hint: 'It ended a while ago, or Offrec was started again; ask for it again.',
    });
  }

  #tell(entry: Entry): void {
    for (const wake of [...entry.followers]) wake();
    for (const listener of [...this.#listeners]) listener();
  }

  #forgetOld(): void {
    const { keptEnded, keptMs } = this.#limits;
    const ended = [...this.#entries.values()]
      .filter(({ endedMs, followers }) => endedMs !== null && followers.size === 0)
      .sort((a, b) => Number(b.endedMs) - Number(a.endedMs));
    const nowMs = Date.now();
    // Counted apart: many short checks must not push out the result of an import that nobody has heard of yet.
    for (const isLasting of [true, false]) {
      const alike = ended.filter(({ description }) => (description.lasting === true) === isLasting);
      for (const [at, { id, endedMs }] of alike.entries()) {
        if (at >= keptEnded || nowMs - Number(endedMs) > keptMs) this.#entries.delete(id);
      }
    }
  }
}
