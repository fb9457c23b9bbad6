import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { OffrecError } from '#contract/errors.ts';
import type { MachineReport } from '#contract/routes/system.ts';
import { deviceInfoSchema } from '#contract/run.ts';
import { findLacks, measureCache } from '#setup/inspect.mjs';
import { projectFolder } from '#setup/locations.mjs';
import type { HostLauncher } from '#supervise/host-launcher.ts';
import { NodeChildLauncher } from '#supervise/node-child-launcher.ts';
import { SupervisedHost } from '#supervise/supervised-host.ts';
import type { JobOptions } from './api.ts';

const failureSchema = z.object({ error: z.string() });
const versionSchema = z.union([z.object({ version: z.string() }), failureSchema]);
const examinationSchema = z.object({
  sqlite: versionSchema,
  duckdb: versionSchema,
  compute: z.union([deviceInfoSchema.extend({ gflops: z.number() }), failureSchema]),
});
type Examination = z.infer<typeof examinationSchema>;

const ending = extname(import.meta.filename);
const examineEntry = fileURLToPath(new URL(`../hosts/examine${ending}`, import.meta.url));
const timeoutMs = 120_000;

export interface InspectionOptions extends JobOptions {
  /** Starts the process that tries the native libraries; default: a child of this Node. */
  readonly launcher?: HostLauncher;
}

/**
 * Looks over the installation: which device runs would use, how fast it is, which libraries load, what is missing
 * and how to get it. Native libraries are loaded in a host of their own only, where runs load them too. Rejects with
 * `cancelled` when the signal is aborted.
 */
export async function inspectMachine(options: InspectionOptions = {}): Promise<MachineReport> {
  const parts = [findLacks(options.signal), measureCache(), examine(options)] as const;
  let done = 0;
  const tell = (): void => {
    const stage = 'trying the device and the libraries';
    options.onProgress?.({ stage, done, total: parts.length, unit: 'parts' });
    done++;
  };
  tell();
  for (const part of parts) part.then(tell, () => undefined);
  const [lacks, cache, examination] = await Promise.all(parts);
  if (options.signal?.aborted === true) {
    throw new OffrecError('cancelled', 'The look over the installation was ended.');
  }
  const { compute, sqlite, duckdb } = examination;
  return {
    offrec: offrecVersion(),
    ...('error' in compute ? noDevice : describeDevice(compute)),
    cache,
    missing: [...lacks, ...brokenParts(examination, lacks.length === 0)],
    platform: `${type()} ${release()} ${arch()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    sqlite: 'error' in sqlite ? null : sqlite.version,
    duckdb: 'error' in duckdb ? null : duckdb.version,
  };
}

const noDevice = {
  device: 'portable',
  tensorflow: null,
  node: process.versions.node,
  threads: availableParallelism(),
  gflops: null,
} as const;

function describeDevice(
  compute: Exclude<Examination['compute'], { error: string }>,
): Pick<MachineReport, 'device' | 'tensorflow' | 'node' | 'threads' | 'gflops'> {
  const { device, tensorflow, node, threads, gflops } = compute;
  return { device, tensorflow, node, threads, gflops: Math.round(gflops * 10) / 10 };
}

function brokenParts(examination: Examination, isComplete: boolean): MachineReport['missing'] {
  const titles = { sqlite: 'SQLite', duckdb: 'DuckDB', compute: 'The compute device' } as const;
  const broken = (['sqlite', 'duckdb', 'compute'] as const).flatMap((part) => {
    const found = examination[part];
    if (!('error' in found)) return [];
    return [{ what: `${titles[part]} does not work: ${found.error}`, how: 'Run npm ci again.' }];
  });
  const { compute } = examination;
  if (!('error' in compute) && compute.device === 'portable' && isComplete) {
    broken.push({
      what: 'TensorFlow is prepared but does not work.',
      how: 'Run npx offrec setup.',
    });
  }
  return broken;
}

async function examine({ launcher, signal }: InspectionOptions): Promise<Examination> {
  let found: Examination | null = null;
  const host = new SupervisedHost<Examination>({
    launcher: launcher ?? new NodeChildLauncher(),
    entry: examineEntry,
    name: 'offrec-doctor',
    environment: { TF_CPP_MIN_LOG_LEVEL: '3' },
    parse: (message) => examinationSchema.parse(message),
    onMessage: (examination) => (found = examination),
  });
  const end = (): void => void host.kill();
  const timer = setTimeout(end, timeoutMs);
  signal?.addEventListener('abort', end);
  if (signal?.aborted === true) end();
  const { description, outputTail } = await host.exit;
  clearTimeout(timer);
  signal?.removeEventListener('abort', end);
  if (found !== null) return found;
  const error = `the process that tries it ${description}: ${outputTail.slice(-3).join(' ')}`;
  return { sqlite: { error }, duckdb: { error }, compute: { error } };
}

function offrecVersion(): string {
  const text = readFileSync(join(projectFolder, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
