import { OffrecError, toWireError, type WireError } from '#contract/errors.ts';
import { toHostSchema, type CheckpointInfo, type FromHost, type ToHost } from '#contract/host.ts';
import type { PhaseProgress } from '#contract/run.ts';
import type {
  ControlRequest,
  RunReport,
  TrainOptions,
  TrainResult,
} from '#engine/training/train-run.ts';
import { MetricSender } from './metric-sender.ts';
import { SystemSampler } from './system-sampler.ts';
import { writeOrphanNote } from './orphan-note.ts';
import type { HostLine } from './host-line.ts';

export type TrainFunction = (options: TrainOptions) => Promise<TrainResult>;

type StartMessage = Extract<ToHost, { type: 'start' }>;
type End = { outcome: TrainResult['outcome'] | 'failed'; error: WireError | null };

const progressEveryMs = 250;
const beatEveryMs = 5_000;
const longestLog = 4_000;

/**
 * One run in this process, from the start message to the end. Messages leave in the order of what happened, and
 * a checkpoint is announced only when the points that it covers are in the store.
 */
class TrainSession {
  readonly #port: HostLine;
  readonly #start: StartMessage;
  readonly #metrics: MetricSender;
  readonly #beginMs = performance.now();
  readonly #system = new SystemSampler();
  #request: ControlRequest = 'none';
  #lastProgressMs = -Infinity;
  #announced: CheckpointInfo[] = [];
  #keptWaiters: (() => void)[] = [];

  constructor(port: HostLine, start: StartMessage) {
    this.#port = port;
    this.#start = start;
    this.#metrics = new MetricSender({
      firstIndex: start.metricCount,
      send: (batch) => this.#tell({ type: 'metrics', batch }),
      log: (level, message) => this.#tell({ type: 'log', level, message }),
      now: () => performance.now() - this.#beginMs,
    });
  }

  receive(message: ToHost): void {
    switch (message.type) {
      case 'start':
        throw new OffrecError('internal', 'A host takes one run only.');
      case 'acknowledge':
        this.#metrics.acknowledge(message.count);
        return;
      case 'checkpoint-kept':
        this.#announced = this.#announced.filter(({ name }) => name !== message.name);
        this.#releaseKept();
        return;
      case 'pause':
      case 'stop':
        this.#request = message.type;
        return;
      case 'checkpoint':
        if (this.#request === 'none') this.#request = 'checkpoint';
    }
  }

  /** The core has ended: stop at the next step and leave a note instead of messages. */
  parentGone(): void {
    this.#request = 'pause';
    this.#metrics.detach();
    this.#releaseKept();
  }

  /** Trains to the end and tells how it went. Resolves with the exit status. */
  async run(train: TrainFunction): Promise<number> {
    const beat = setInterval(() => this.#tell({ type: 'beat' }), beatEveryMs);
    try {
      const result = await train(this.#options());
      await this.#flushed();
      return await this.#end({ outcome: result.outcome, error: null }, result.checkpoint);
    } catch (error) {
      this.#metrics.flush();
      return await this.#end({ outcome: 'failed', error: toWireError(error) }, null);
    } finally {
      clearInterval(beat);
      this.#metrics.stop();
    }
  }

  #options(): TrainOptions {
    const { spec, datasetFolder, runFolder, cacheFolder, resumeFrom, checkpointEveryS } =
      this.#start;
    return {
      spec,
      datasetFolder,
      runFolder,
      cacheFolder,
      resumeFrom,
      checkpointEveryS,
      report: this.#report(),
      control: { request: () => this.#takeRequest() },
      flushed: () => this.#flushed(),
    };
  }

  #report(): RunReport {
    return {
      ready: (device) => this.#tell({ type: 'ready', device }),
      metric: (name, step, value) => this.#metrics.add(name, step, value),
      progress: (progress, tensors) => this.#tellProgress(progress, tensors),
      checkpoint: (checkpoint) => this.#announce(checkpoint),
      log: (level, message) =>
        this.#tell({ type: 'log', level, message: message.slice(0, longestLog) }),
    };
  }

  #takeRequest(): ControlRequest {
    const request = this.#request;
    // A lost parent stays a reason to pause, however often the loop asks.
    if (!this.#port.gone) this.#request = 'none';
    return request;
  }

  #announce(checkpoint: CheckpointInfo): void {
    // Counted as the store counts: points that were left out have no number there.
    const counted = { ...checkpoint, metricCount: this.#metrics.count };
    this.#announced.push(counted);
    this.#tell({ type: 'checkpoint', checkpoint: counted });
  }

  #tellProgress(progress: PhaseProgress, tensors: number): void {
    const now = performance.now();
    for (const [name, value] of this.#system.sample(now, tensors)) {
      this.#metrics.add(name, this.#metrics.count, value);
    }
    const complete = progress.done >= progress.total;
    if (!complete && now - this.#lastProgressMs < progressEveryMs) return;
    this.#lastProgressMs = now;
    this.#tell({ type: 'progress', progress, rssBytes: process.memoryUsage.rss(), tensors });
  }

  /**
   * All points are in the store, and so is every checkpoint announced before: the older ones that the engine
   * removes next are then never the newest that the store knows.
   */
  async #flushed(): Promise<void> {
    await this.#metrics.flushed();
    if (this.#announced.length === 0 || this.#port.gone) return;
    await new Promise<void>((resolve) => this.#keptWaiters.push(resolve));
  }

  #releaseKept(): void {
    if (this.#announced.length > 0 && !this.#port.gone) return;
    for (const resolve of this.#keptWaiters.splice(0)) resolve();
  }

  async #end(end: End, checkpoint: CheckpointInfo | null): Promise<number> {
    const counted =
      checkpoint === null ? null : { ...checkpoint, metricCount: this.#metrics.count };
    if (!this.#port.gone) {
      const { outcome, error } = end;
      await this.#port.send(
        outcome === 'failed' || error !== null
          ? { type: 'failed', error: error ?? toWireError(new Error('unknown')) }
          : { type: 'ended', outcome, checkpoint: counted },
      );
    }
    if (this.#port.gone) this.#leaveNote(end);
    return end.outcome === 'failed' ? 1 : 0;
  }

  #leaveNote(end: End): void {
    const { runFolder, segment } = this.#start;
    const checkpoints = this.#announced;
    writeOrphanNote(runFolder, { segment, ...end, checkpoints }, this.#metrics.unacknowledged());
  }

  #tell(message: FromHost): void {
    void this.#port.send(message);
  }
}

/** Serves one run over the line to the parent. Resolves with the exit status when the process may end. */
export function serveTraining(port: HostLine, train: TrainFunction): Promise<number> {
  return new Promise((resolve, reject) => {
    let session: TrainSession | null = null;
    port.onMessage((raw) => {
      const parsed = toHostSchema.safeParse(raw);
      if (!parsed.success) {
        reject(new OffrecError('internal', `A message from the core makes no sense.`));
      } else if (session === null && parsed.data.type === 'start') {
        session = new TrainSession(port, parsed.data);
        session.run(train).then(resolve, reject);
      } else {
        session?.receive(parsed.data);
      }
    });
    port.onGone(() => {
      if (session === null) resolve(0);
      else session.parentGone();
    });
  });
}
