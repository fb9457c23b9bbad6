import { OffrecError } from '#contract/errors.ts';
import type { CheckpointInfo } from '#contract/host.ts';
import type { DeviceInfo, PhaseProgress, RunSpec } from '#contract/run.ts';
import { openDevice, type Device } from '#engine/compute/device.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import type { StateTensor } from '#engine/compute/state.ts';
import type { PhaseFactory, RunContext } from '#engine/methods/method.ts';
import {
  pruneCheckpoints,
  readCheckpoint,
  restoreArtefacts,
  writeCheckpoint,
  type ReadCheckpoint,
  type RunState,
} from './checkpoint.ts';
import { MetricChain } from './metric-chain.ts';
import type { Phase } from './phase.ts';
import { ProgressMeter } from './progress.ts';
import { openRunParts } from './run-parts.ts';

export type ControlRequest = 'none' | 'pause' | 'stop' | 'checkpoint';

/** Where a run's news go. */
export interface RunReport {
  ready(device: DeviceInfo): void;
  metric(name: string, step: number, value: number): void;
  progress(progress: PhaseProgress, tensors: number): void;
  checkpoint(checkpoint: CheckpointInfo): void;
  log(level: 'info' | 'warning' | 'error', message: string): void;
}

export interface TrainOptions {
  readonly spec: RunSpec;
  readonly datasetFolder: string;
  readonly runFolder: string;
  readonly cacheFolder: string;
  /** Checkpoint folder to continue from, or null. */
  readonly resumeFrom: string | null;
  readonly checkpointEveryS: number;
  readonly report: RunReport;
  /** Asked between two steps; an answer counts once. */
  readonly control: { request(): ControlRequest };
  /** Resolves when all metrics so far are kept: a checkpoint never claims more than that. */
  flushed(): Promise<void>;
}

export interface TrainResult {
  readonly outcome: 'done' | 'paused' | 'stopped';
  readonly checkpoint: CheckpointInfo | null;
}

/** Ordinary checkpoints that stay on disk. */
const keptCheckpoints = 2;
const progressEveryMs = 100;

/**
 * Takes one run from its specification, or from a checkpoint, to its end or to the next pause.
 * @throws OffrecError when dataset, configuration, checkpoint or device do not fit
 */
export async function trainRun(options: TrainOptions): Promise<TrainResult> {
  const device = await openDevice(options.spec.compute);
  options.report.ready(device.info);
  const run = await RunLoop.open(options, device);
  return run.walk();
}

/** The state of one run in this process. */
class RunLoop {
  readonly #options: TrainOptions;
  readonly #device: Device;
  readonly #factories: readonly PhaseFactory[];
  readonly #random: RandomStreams;
  readonly #metrics: MetricChain;
  readonly #resumed: ReadCheckpoint | null;
  #lastCheckpointMs = performance.now();
  #lastProgressMs = -Infinity;

  private constructor(
    options: TrainOptions,
    device: Device,
    parts: {
      factories: readonly PhaseFactory[];
      random: RandomStreams;
      metrics: MetricChain;
      resumed: ReadCheckpoint | null;
    },
  ) {
    this.#options = options;
    this.#device = device;
    this.#factories = parts.factories;
    this.#random = parts.random;
    this.#metrics = parts.metrics;
    this.#resumed = parts.resumed;
  }

  static async open(options: TrainOptions, device: Device): Promise<RunLoop> {
    const { spec, report, runFolder, cacheFolder, resumeFrom } = options;
    const { dataset, method, config } = await openRunParts(spec, options.datasetFolder);
    const resumed =
      resumeFrom === null ? null : await continueFrom(resumeFrom, options, device.info);
    const random = new RandomStreams(spec.seed);
    const metrics = new MetricChain();
    const context: RunContext = {
      dataset,
      protocol: spec.protocol,
      seed: spec.seed,
      random,
      device: device.info,
      cacheFolder,
      runFolder,
      log(metric, step, value) {
        metrics.add(metric, step, value);
        report.metric(metric, step, value);
      },
      note: (level, message) => report.log(level, message),
    };
    const factories = await method.phases(context, config);
    return new RunLoop(options, device, { factories, random, metrics, resumed });
  }

  async walk(): Promise<TrainResult> {
    const resumed = this.#resumed;
    if (resumed !== null)
      this.#metrics.restore(resumed.state.metricCount, resumed.state.metricsHash);
    const first = resumed?.state.phase ?? 0;
    for (let index = first; index < this.#factories.length; index++) {
      const randomBeforePhase =
        index === first && resumed !== null
          ? resumed.state.randomBeforePhase
          : this.#random.state();
      this.#random.restore(randomBeforePhase);
      const phase = await this.#factories[index]!();
      try {
        if (index === first && resumed !== null) {
          phase.restore({ tensors: resumed.tensors, values: resumed.state.values });
          this.#random.restore(resumed.state.random);
        }
        const ended = await this.#walkPhase(phase, index, randomBeforePhase);
        if (ended !== null) return ended;
      } finally {
        phase.dispose();
      }
    }
    throw new OffrecError('internal', 'a method needs at least one phase');
  }

  /** Steps through one phase; returns the run's result when the run ends or halts in it. */
  async #walkPhase(
    phase: Phase,
    index: number,
    randomBeforePhase: RunState['random'],
  ): Promise<TrainResult | null> {
    const meter = new ProgressMeter();
    const position = { phase: index, phases: this.#factories.length };
    const save = (final: boolean) => this.#save(phase, index, randomBeforePhase, final);
    while (phase.done < phase.total) {
      await phase.step();
      this.#reportProgress(phase, meter, position);
      const request = this.#options.control.request();
      if (request === 'pause' || request === 'stop') {
        const checkpoint = await save(false);
        return { outcome: request === 'pause' ? 'paused' : 'stopped', checkpoint };
      }
      if (request === 'checkpoint' || this.#checkpointIsDue()) await save(false);
      // Messages from the core are read between two steps.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#lastProgressMs = -Infinity;
    this.#reportProgress(phase, meter, position);
    if (index < this.#factories.length - 1) return null;
    return { outcome: 'done', checkpoint: await save(true) };
  }

  #reportProgress(
    phase: Phase,
    meter: ProgressMeter,
    position: { phase: number; phases: number },
  ): void {
    const now = performance.now();
    if (now - this.#lastProgressMs < progressEveryMs) return;
    this.#lastProgressMs = now;
    this.#options.report.progress(meter.measure(phase, position), this.#device.tensorCount());
  }

  #checkpointIsDue(): boolean {
    return performance.now() - this.#lastCheckpointMs > this.#options.checkpointEveryS * 1000;
  }

  async #save(
    phase: Phase,
    index: number,
    randomBeforePhase: RunState['random'],
    final: boolean,
  ): Promise<CheckpointInfo> {
    await this.#options.flushed();
    const { tensors, values } = phase.state();
    const checkpoint = writeCheckpoint(
      this.#options.runFolder,
      {
        spec: this.#options.spec,
        device: this.#device.info,
        phase: index,
        phaseName: phase.name,
        done: phase.done,
        final,
        values,
        random: this.#random.state(),
        randomBeforePhase,
        metricCount: this.#metrics.count,
        metricsHash: this.#metrics.hash,
      },
      tensors as Record<string, StateTensor>,
    );
    this.#options.report.checkpoint(checkpoint);
    pruneCheckpoints(this.#options.runFolder, keptCheckpoints);
    this.#lastCheckpointMs = performance.now();
    return checkpoint;
  }
}

/** Reads the checkpoint to continue from, and refuses one of another method. */
async function continueFrom(
  folder: string,
  options: TrainOptions,
  device: DeviceInfo,
): Promise<ReadCheckpoint> {
  const resumed = await readCheckpoint(folder);
  const { state } = resumed;
  if (state.spec.method !== options.spec.method) {
    throw new OffrecError('version-mismatch', `the checkpoint is of ${state.spec.method}`, {
      where: folder,
      hint: `choose a checkpoint of ${options.spec.method}`,
    });
  }
  if (state.device.device !== device.device || state.device.threads !== device.threads) {
    const was = `${state.device.device} with ${state.device.threads} threads`;
    options.report.log('warning', `continued on another device than ${was}: bits may differ`);
  }
  restoreArtefacts(folder, options.runFolder);
  return resumed;
}
