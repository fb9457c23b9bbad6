import type { z } from 'zod';
import type { DatasetManifest } from '#contract/dataset.ts';
import type { Protocol } from '#contract/protocol.ts';
import type { DeviceInfo } from '#contract/run.ts';
import type { Dataset } from '#engine/data/dataset.ts';
import type { RandomStreams } from '#engine/compute/random.ts';
import type { MetricInfo } from '#engine/evaluation/metric-infos.ts';
import type { Phase } from '#engine/training/phase.ts';

/** What a method's recipe is given. */
export interface RunContext {
  readonly dataset: Dataset;
  readonly protocol: Protocol;
  readonly seed: number;
  readonly random: RandomStreams;
  /** What computes the run: part of what makes an artefact. */
  readonly device: DeviceInfo;
  /** Folder shared by all runs, for artefacts kept under the hash of what made them. */
  readonly cacheFolder: string;
  /** Folder of the run itself, for artefacts that a resume needs. */
  readonly runFolder: string;
  /** Logs one point of one series; `step` is the series' own x, such as the policy epoch. */
  log(metric: string, step: number, value: number): void;
  note(level: 'info' | 'warning', message: string): void;
}

/** A phase is built when its turn comes, so that it can use what earlier phases left behind. */
export type PhaseFactory = () => Phase | Promise<Phase>;

/** Settings of a published experiment, with where they are from. */
export interface MethodPreset {
  /** Dataset kind or name for which it was published. */
  readonly dataset: string;
  readonly source: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export type ComputeDevice = DeviceInfo['device'];

/** What a run has to do, for telling beforehand how long it takes. */
export interface Workload {
  readonly parts: readonly {
    readonly name: string;
    /** How many units of work, such as simulated steps. */
    readonly count: number;
    /** Units a second on one core, measured. */
    readonly ratePerS: Readonly<Record<ComputeDevice, number>>;
  }[];
  /** Most memory of its process. */
  readonly memoryBytes: number;
}

/**
 * What a paper proposes. The form, the flags, the validation, the JSON schema and the page of documentation
 * are all made from this.
 */
export interface MethodDefinition<Config = unknown> {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly paper: { readonly title: string; readonly reference: string } | null;
  /** True when the paper left details open: said in the form and in every table. */
  readonly reconstruction: boolean;
  /** How this differs from the paper, one sentence each. */
  readonly deviations: readonly string[];
  /**
   * A strict Zod object with a default for every field. A field's `.meta()` carries `title`, `symbol`, `unit`,
   * `help` and `group`.
   */
  readonly schema: z.ZodType<Config>;
  readonly presets: readonly MethodPreset[];
  readonly metrics: readonly MetricInfo[];
  /** The work of one run, from what is known before it starts. */
  workload(config: Config, dataset: DatasetManifest, protocol: Protocol): Workload;
  /**
   * The run's phases in order. The recipe is imported when it is asked for, so that a form or a list of methods
   * loads no tensor library. Rejects with OffrecError when dataset and configuration do not fit.
   */
  phases(context: RunContext, config: Config): Promise<readonly PhaseFactory[]>;
}
