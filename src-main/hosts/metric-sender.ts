import type { MetricBatch } from '#contract/host.ts';

export interface MetricSenderOptions {
  /** Points of the run that the store holds already. */
  readonly firstIndex: number;
  readonly send: (batch: MetricBatch) => void;
  readonly log: (level: 'info' | 'warning', message: string) => void;
  /** Milliseconds since the segment began. */
  readonly now: () => number;
  readonly limits?: Partial<SenderLimits>;
}

export interface SenderLimits {
  readonly batchPoints: number;
  readonly flushMs: number;
  /** Points that may wait for their acknowledgement before others are left out. */
  readonly backlogPoints: number;
}

const defaultLimits: SenderLimits = { batchPoints: 500, flushMs: 250, backlogPoints: 10_000 };

/** While the store is behind, one in so many points of a series that is not essential is kept. */
const thinnedStride = 16;

/** Series that the tables are made of are never thinned. */
export function isEssential(metric: string): boolean {
  return metric.startsWith('eval/') || metric.startsWith('final/');
}

interface Waiting {
  readonly names: string[];
  readonly series: number[];
  readonly steps: number[];
  readonly values: number[];
  readonly timesMs: number[];
}

const nothingWaiting = (): Waiting => ({
  names: [],
  series: [],
  steps: [],
  values: [],
  timesMs: [],
});

/**
 * Sends metric points in batches (every 250 ms or 500 points) and keeps them until they are acknowledged. When
 * too many wait, points of non-essential series are left out, and that is logged: training never waits for the
 * disk, and memory stays bounded.
 */
export class MetricSender {
  readonly #options: MetricSenderOptions;
  readonly #limits: SenderLimits;
  #waiting = nothingWaiting();
  #sent: MetricBatch[] = [];
  #sequence = 0;
  /** Index of the next point; all before it were given a number. */
  #nextIndex: number;
  #acknowledged: number;
  #timer: NodeJS.Timeout | null = null;
  #attached = true;
  #flushWaiters: { index: number; resolve: () => void }[] = [];
  #thinned = 0;
  #thinning = false;
  readonly #seen = new Map<string, number>();

  constructor(options: MetricSenderOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#nextIndex = options.firstIndex;
    this.#acknowledged = options.firstIndex;
  }

  /** Points of the run so far, as the store will count them: those left out are not among them. */
  get count(): number {
    return this.#nextIndex;
  }

  get backlog(): number {
    return this.#nextIndex - this.#acknowledged;
  }

  add(metric: string, step: number, value: number): void {
    if (!this.#admits(metric)) return;
    let series = this.#waiting.names.indexOf(metric);
    if (series < 0) series = this.#waiting.names.push(metric) - 1;
    this.#waiting.series.push(series);
    this.#waiting.steps.push(step);
    this.#waiting.values.push(value);
    this.#waiting.timesMs.push(this.#options.now());
    this.#nextIndex += 1;
    if (this.#waiting.series.length >= this.#limits.batchPoints) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), this.#limits.flushMs);
  }

  /** Sends what has gathered. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const { names, series, steps, values, timesMs } = this.#waiting;
    if (series.length === 0) return;
    this.#waiting = nothingWaiting();
    const batch: MetricBatch = {
      sequence: this.#sequence,
      firstIndex: this.#nextIndex - series.length,
      names,
      series: Uint16Array.from(series),
      steps: Float64Array.from(steps),
      values: Float64Array.from(values),
      timesMs: Float64Array.from(timesMs),
    };
    this.#sequence += 1;
    this.#sent.push(batch);
    if (this.#attached) this.#options.send(batch);
  }

  /** The store holds the first `count` points of the run. */
  acknowledge(count: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, Math.min(count, this.#nextIndex));
    this.#sent = this.#sent.filter(
      (batch) => batch.firstIndex + batch.series.length > this.#acknowledged,
    );
    if (this.#thinning && this.backlog < this.#limits.backlogPoints / 2) this.#endThinning();
    this.#release();
  }

  /** Resolves when every point so far is acknowledged; at once when there is nobody left to do so. */
  flushed(): Promise<void> {
    this.flush();
    return new Promise((resolve) => {
      this.#flushWaiters.push({ index: this.#nextIndex, resolve });
      this.#release();
    });
  }

  /** The parent is gone: nothing is sent any more, nothing is waited for, everything is kept. */
  detach(): void {
    this.#attached = false;
    this.flush();
    this.#release();
  }

  /** Batches that nobody has acknowledged. */
  unacknowledged(): readonly MetricBatch[] {
    return this.#sent;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#thinning) this.#endThinning();
  }

  #release(): void {
    const ready = this.#flushWaiters.filter(
      ({ index }) => !this.#attached || index <= this.#acknowledged,
    );
    this.#flushWaiters = this.#flushWaiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  }

  #admits(metric: string): boolean {
    if (this.backlog < this.#limits.backlogPoints || isEssential(metric)) return true;
    if (!this.#thinning) {
      this.#thinning = true;
      this.#options.log('warning', 'The store is behind: series other than eval/ are thinned.');
    }
    const seen = (this.#seen.get(metric) ?? 0) + 1;
    this.#seen.set(metric, seen);
    // Beyond twice the limit nothing but the essential is taken, so that memory has an end.
    const full = this.backlog >= this.#limits.backlogPoints * 2;
    if (!full && seen % thinnedStride === 1) return true;
    this.#thinned += 1;
    return false;
  }

  #endThinning(): void {
    const message = `The store has caught up; ${String(this.#thinned)} points were left out.`;
    this.#options.log('info', message);
    this.#thinning = false;
    this.#thinned = 0;
    this.#seen.clear();
  }
}
