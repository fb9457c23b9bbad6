import { setTimeout as delay } from 'node:timers/promises';
import { deviceInfoSchema } from '#contract/run.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import {
  pruneCheckpoints,
  readCheckpoint,
  writeCheckpoint,
  type RunState,
} from '#engine/training/checkpoint.ts';
import { MetricChain } from '#engine/training/metric-chain.ts';
import type { TrainOptions, TrainResult } from '#engine/training/train-run.ts';

const device = {
  device: 'portable',
  tensorflow: null,
  node: '24',
  threads: 1,
  xla: false,
} as const;
const weightCount = 64;

/** A run whose training is a few random numbers; its checkpoints are written by the real writer. */
export class FakeRun {
  readonly #options: TrainOptions;
  readonly #random: RandomStreams;
  readonly #metrics = new MetricChain();
  readonly #weights = new Float32Array(weightCount);
  readonly #total: number;
  #done = 0;

  constructor(options: TrainOptions) {
    this.#options = options;
    this.#random = new RandomStreams(options.spec.seed);
    this.#total = Number(options.spec.config['epochs']);
  }

  async walk(): Promise<TrainResult> {
    const { report, control, resumeFrom } = this.#options;
    if (resumeFrom !== null) await this.#restore(resumeFrom);
    const stepMs = Number(process.env['OFFREC_TEST_STEP_MS'] ?? '1');
    const everySteps = Number(process.env['OFFREC_TEST_CHECKPOINT_STEPS'] ?? '20');
    const failAt = Number(process.env['OFFREC_TEST_FAIL_AT'] ?? '-1');
    const crashAt = Number(process.env['OFFREC_TEST_CRASH_AT'] ?? '-1');
    const { device: asked } = this.#options.spec.compute;
    const found = deviceInfoSchema.shape.device.parse(
      asked === 'auto' ? (process.env['OFFREC_TEST_AUTO_DEVICE'] ?? 'portable') : asked,
    );
    report.ready({ ...device, device: found });
    while (this.#done < this.#total) {
      this.#step();
      if (this.#done === failAt) throw new Error('the fake method failed as asked');
      if (this.#done === crashAt) process.abort();
      this.#tellProgress();
      const request = control.request();
      if (request === 'pause' || request === 'stop') {
        const checkpoint = await this.#save(false);
        return { outcome: request === 'pause' ? 'paused' : 'stopped', checkpoint };
      }
      if (request === 'checkpoint' || this.#done % everySteps === 0) await this.#save(false);
      if (stepMs > 0) await delay(stepMs);
    }
    return { outcome: 'done', checkpoint: await this.#save(true) };
  }

  #step(): void {
    const stream = this.#random.stream('fake');
    for (let at = 0; at < weightCount; at += 1) {
      this.#weights[at] = (this.#weights[at] ?? 0) * 0.9 + stream.normal();
    }
    this.#done += 1;
    this.#log('eval/rTra', this.#weights[0] ?? 0);
    this.#log('eval/length', 30);
    for (let at = 0; at < 5; at += 1) this.#log(`train/w${String(at)}`, this.#weights[at] ?? 0);
  }

  #log(metric: string, value: number): void {
    this.#metrics.add(metric, this.#done, value);
    this.#options.report.metric(metric, this.#done, value);
  }

  #tellProgress(): void {
    this.#options.report.progress(
      {
        phase: 0,
        phases: 1,
        name: 'fake',
        done: this.#done,
        total: this.#total,
        unit: 'steps',
        ratePerS: null,
        remainingS: null,
      },
      0,
    );
  }

  async #save(final: boolean): Promise<NonNullable<TrainResult['checkpoint']>> {
    await this.#options.flushed();
    const state: RunState = {
      spec: this.#options.spec,
      device,
      phase: 0,
      phaseName: 'fake',
      done: this.#done,
      final,
      values: {},
      random: this.#random.state(),
      randomBeforePhase: {},
      metricCount: this.#metrics.count,
      metricsHash: this.#metrics.hash,
    };
    const tensors = { weights: { shape: [weightCount], data: this.#weights } };
    const checkpoint = writeCheckpoint(this.#options.runFolder, state, tensors);
    this.#options.report.checkpoint(checkpoint);
    pruneCheckpoints(this.#options.runFolder, 2);
    return checkpoint;
  }

  async #restore(folder: string): Promise<void> {
    const { state, tensors } = await readCheckpoint(folder);
    this.#done = state.done;
    this.#weights.set(tensors['weights']?.data ?? []);
    this.#random.restore(state.random);
    this.#metrics.restore(state.metricCount, state.metricsHash);
  }
}
