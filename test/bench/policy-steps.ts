import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { importCoat } from '#engine/data/import-coat.ts';
import { makeSyntheticWorld } from '#engine/data/synthetic-world.ts';
import { testDataFolder } from '../support/coat.ts';
import { median, type BenchEntry, type BenchOptions } from './support/entry.ts';
import type { PolicyTimes } from './support/policy-worker.ts';

const worker = fileURLToPath(new URL('support/policy-worker.ts', import.meta.url));
const epochs = 8;
/** DORL-codes on a CPU of this kind, acting and learning included; its environment cannot be had here. */
const note = 'public DORL-codes: 9,756 steps/s; EasyRL4Rec: 1,932 steps/s';

/** Simulated steps a second of DORL on Coat, and the time of its ensemble of five. */
export async function benchPolicySteps(options: BenchOptions): Promise<BenchEntry[]> {
  const wanted = [1, 2].flatMap((threads) => {
    const names = entryNames(threads);
    return Object.values(names).some((name) => options.wanted(name)) ? [{ threads, names }] : [];
  });
  if (wanted.length === 0) return [];
  const folder = mkdtempSync(join(tmpdir(), 'offrec-bench-'));
  try {
    const dataset = await prepareDataset(folder);
    const entries: BenchEntry[] = [];
    for (const { threads, names } of wanted) {
      options.progress(names.steps);
      const times = await measure({ folder, dataset, threads, epochs });
      entries.push({ ...rateEntry(names.steps, times.stepsPerS), note: `${dataset}; ${note}` });
      entries.push(ensembleEntry(names.ensemble, times.worldModelS));
    }
    return entries;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function entryNames(threads: number): { steps: string; ensemble: string } {
  const suffix = threads === 1 ? '1-thread' : `${threads}-threads`;
  return { steps: `dorl-coat-steps-${suffix}`, ensemble: `dorl-coat-ensemble-${suffix}` };
}

/** Coat where it is at hand, otherwise a world of its size. */
async function prepareDataset(folder: string): Promise<string> {
  const coat = join(testDataFolder, 'coat');
  const groundTruth = join(testDataFolder, 'sofa_coat', 'coat_pseudoGT_ratingM.ascii');
  if (existsSync(coat) && existsSync(groundTruth)) {
    await importCoat({ folder: coat, groundTruth, name: 'coat', into: folder });
    return 'coat';
  }
  await makeSyntheticWorld({ users: 290, items: 300, name: 'coat-sized', into: folder });
  return 'coat-sized';
}

async function measure(job: Record<string, unknown>): Promise<PolicyTimes> {
  const { stdout } = await promisify(execFile)(process.execPath, [worker, JSON.stringify(job)], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
  });
  return JSON.parse(stdout) as PolicyTimes;
}

function rateEntry(name: string, stepsPerS: readonly number[]): BenchEntry {
  return {
    name,
    unit: 'steps/s',
    ours: median(stepsPerS),
    peer: null,
    ratio: null,
    min: Math.max(...stepsPerS),
    median: median(stepsPerS),
    rounds: stepsPerS.length,
    bar: { of: 'ours', bound: 100_000 },
  };
}

function ensembleEntry(name: string, seconds: number): BenchEntry {
  return {
    name,
    unit: 's',
    ours: seconds,
    peer: null,
    ratio: null,
    rounds: 1,
    bar: { of: 'ours', bound: 5 },
  };
}
