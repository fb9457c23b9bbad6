import { availableParallelism } from 'node:os';
import type { Estimate, PartEstimate, Range } from '#contract/estimate.ts';
import type { DeviceRequest, RunRecord, RunSpec } from '#contract/run.ts';
import { hasNvidiaDriver } from '#setup/cuda-plan.mjs';
import { findNativeLibrary } from '#setup/library-folder.mjs';
import type { ComputeDevice, Workload } from '#engine/methods/method.ts';
import { getMethod } from '#engine/methods/registry.ts';
import type { Budget, Datasets } from './api.ts';
import type { CoreContext } from './context.ts';

/** Past runs that are looked at; older ones say less of the machine as it is. */
const newestRuns = 12;
/** Loading the libraries, reading the dataset, the first checkpoint. */
const startingS = 2;
/** How far off a measured rate may be on another machine, and a past run on this one. */
const rateSpread = { low: 0.4, high: 2.5 };
const pastSpread = { low: 0.85, high: 1.2 };

/** What can compute here now, the fastest first. */
export function availableDevices(): ComputeDevice[] {
  const cuda = hasNvidiaDriver() && findNativeLibrary({ cuda: true }) !== null;
  return [
    ...(cuda ? (['native-cuda'] as const) : []),
    ...(findNativeLibrary() === null ? [] : (['native-cpu'] as const)),
    'portable',
  ];
}

/** The device that a request would get. */
export function deviceOf(
  { device }: Pick<DeviceRequest, 'device'>,
  available: readonly ComputeDevice[],
): ComputeDevice {
  return device === 'auto' ? (available[0] ?? 'portable') : device;
}

/** Seconds of a workload by its measured rates. */
export function workloadSeconds({ parts }: Workload, device: ComputeDevice): number {
  return parts.reduce((sum, { count, ratePerS }) => sum + count / ratePerS[device], startingS);
}

/** One past run: what it took, and what its workload's rates say. */
export interface PastRun {
  readonly seconds: number;
  readonly expectedSeconds: number;
}

/** What a run takes: its workload by the rates, scaled by how past runs kept to theirs. */
export function secondsOf(expectedSeconds: number, past: readonly PastRun[]): Range {
  if (past.length === 0) {
    return { low: expectedSeconds * rateSpread.low, high: expectedSeconds * rateSpread.high };
  }
  const ratios = past.map((run) => run.seconds / run.expectedSeconds);
  return {
    low: expectedSeconds * Math.min(...ratios) * pastSpread.low,
    high: expectedSeconds * Math.max(...ratios) * pastSpread.high,
  };
}

/** Runs that fit the budget together, when each takes `threads` and `memoryBytes`. */
export function atOnce(budget: Budget, threads: number): number {
  const byCores = Math.floor(budget.cores / threads);
  const byMemory = Math.floor(budget.memoryBytes / budget.memoryPerRunBytes);
  return Math.max(1, Math.min(budget.hosts, byCores, byMemory));
}

export type RunToEstimate = Pick<RunSpec, 'method' | 'dataset' | 'config' | 'protocol' | 'compute'>;

/** Estimates of runs, from what this data folder's runs took and from measured rates. */
export class Estimator {
  readonly #context: CoreContext;
  readonly #datasets: Pick<Datasets, 'show'>;

  constructor(context: CoreContext, datasets: Pick<Datasets, 'show'>) {
    this.#context = context;
    this.#datasets = datasets;
  }

  async one(spec: RunToEstimate, available = this.#context.devices()): Promise<PartEstimate> {
    const device = deviceOf(spec.compute, available);
    const { method, dataset } = spec;
    const workload = await this.#workload(spec);
    const past = await this.#past(spec, device);
    const expected = workloadSeconds(workload, device);
    return {
      method,
      dataset,
      device,
      runs: 1,
      secondsEach: secondsOf(expected, past),
      memoryBytesEach: workload.memoryBytes,
      basis: past.length > 0 ? 'runs' : 'rates',
      pastRuns: past.length,
    };
  }

  /** Of the runs together, under the budget and with nothing else in the queue. */
  async all(specs: readonly RunToEstimate[], budget: Budget): Promise<Estimate> {
    const available = this.#context.devices();
    const alike = Map.groupBy(specs, ({ method, dataset, config, compute }) =>
      JSON.stringify([method, dataset, config, compute]),
    );
    const parts = await Promise.all(
      [...alike.values()].map(async (same): Promise<PartEstimate[]> => {
        const [first] = same;
        if (first === undefined) return [];
        return [{ ...(await this.one(first, available)), runs: same.length }];
      }),
    );
    return together(parts.flat(), budget, specs[0]?.compute.threads ?? 1);
  }

  async #workload(spec: RunToEstimate): Promise<Workload> {
    const method = await getMethod(spec.method);
    const dataset = this.#datasets.show(spec.dataset);
    return method.workload(spec.config, dataset, spec.protocol);
  }

  /** The newest runs of the same method, dataset and device that went from begin to end. */
  async #past(spec: RunToEstimate, device: ComputeDevice): Promise<PastRun[]> {
    const { method, dataset } = spec;
    const { runs } = this.#context.store.read;
    const ended = runs.list({ method, dataset, statuses: ['done'], superseded: true });
    const like = ended.filter(
      ({ record }) => record.device?.device === device && record.parent === null,
    );
    return Promise.all(
      like.slice(-newestRuns).map(async ({ record }) => ({
        seconds: this.secondsTaken(record),
        expectedSeconds: workloadSeconds(await this.#workload(record.spec), device),
      })),
    );
  }

  /** Time in which the run had a host, pauses left out. */
  secondsTaken({ id }: Pick<RunRecord, 'id'>, nowMs = Date.now()): number {
    const milliseconds = this.#context.store.read.segments
      .list(id)
      .reduce((sum, { startedAt, endedAt }) => {
        const end = endedAt === null ? nowMs : Date.parse(endedAt);
        return sum + Math.max(0, end - Date.parse(startedAt));
      }, 0);
    return milliseconds / 1000;
  }
}

/** Sums of the parts: by turns, and side by side as far as budget and processor allow. */
export function together(
  parts: readonly PartEstimate[],
  budget: Budget,
  threads: number,
): Estimate {
  const runs = parts.reduce((sum, part) => sum + part.runs, 0);
  const elsewhere = parts
    .filter(({ device }) => device !== 'native-cuda')
    .reduce((sum, part) => sum + part.runs, 0);
  const startable = elsewhere + Math.min(runs - elsewhere, budget.gpuRuns);
  const slots = Math.min(atOnce(budget, threads), Math.max(1, startable));
  const known = parts.every(({ secondsEach }) => secondsEach !== null);
  const sum = (end: 'low' | 'high'): number =>
    parts.reduce((total, part) => total + part.runs * (part.secondsEach?.[end] ?? 0), 0);
  const longest = (end: 'low' | 'high'): number =>
    Math.max(0, ...parts.map((part) => part.secondsEach?.[end] ?? 0));
  const memory = parts
    .flatMap((part) =>
      Array.from({ length: Math.min(part.runs, slots) }, () => part.memoryBytesEach),
    )
    .sort((a, b) => b - a)
    .slice(0, slots);
  // More hosts than cores do not compute faster than the cores.
  const share = Math.min(slots, Math.max(1, Math.floor(availableParallelism() / threads)));
  const onGpu = (end: 'low' | 'high'): number =>
    parts
      .filter(({ device }) => device === 'native-cuda')
      .reduce((total, part) => total + part.runs * (part.secondsEach?.[end] ?? 0), 0);
  const spread = (end: 'low' | 'high'): number =>
    Math.max(longest(end), sum(end) / share, onGpu(end) / Math.min(share, budget.gpuRuns));
  return {
    seconds: known ? { low: spread('low'), high: spread('high') } : null,
    computeSeconds: known ? { low: sum('low'), high: sum('high') } : null,
    atOnce: slots,
    memoryBytes: memory.reduce((total, bytes) => total + bytes, 0),
    parts: [...parts],
  };
}
