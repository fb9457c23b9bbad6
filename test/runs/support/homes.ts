import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { DatasetManifest } from '#contract/dataset.ts';
import { experimentFileSchema, type ExperimentFile } from '#contract/experiment.ts';
import type { Core, CoreOptions } from '#core/core.ts';
import { openCore } from '#core/open-core.ts';
import { coreProcess, fakeTrainHost } from './fake-host-path.ts';
import { hostPids } from './host-pids.ts';

const folders: string[] = [];
const cores: Core[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const core of cores.splice(0)) await core.close();
  for (const folder of folders.splice(0)) {
    await eventually(() => !hostPids(folder).some(isAlive), 'orphaned hosts have ended');
    rmSync(folder, { recursive: true, force: true });
  }
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A data folder with a dataset that has a manifest and nothing else; removed after the test. */
export function temporaryHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'offrec-home-'));
  folders.push(home);
  addEmptyDataset(home, 'tiny');
  return home;
}

export function addEmptyDataset(home: string, name: string): void {
  const manifest: DatasetManifest = {
    format: 1,
    name,
    kind: 'synthetic',
    createdAt: '2026-01-01T00:00:00.000Z',
    users: 10,
    items: 100,
    interactions: 50,
    testInteractions: 0,
    density: 0.05,
    reward: { min: 1, max: 5, mean: 3 },
    hasTime: false,
    hasPropensities: false,
    groundTruth: 'synthetic',
    userFeatures: [],
    itemFeatures: [],
    categoryFeature: null,
    source: {},
    licence: 'none',
    citation: null,
    warnings: [],
    files: {},
    checksum: 'e'.repeat(64),
  };
  mkdirSync(join(home, 'datasets', name), { recursive: true });
  writeFileSync(join(home, 'datasets', name, 'manifest.json'), JSON.stringify(manifest));
}

/** A core on the fake train host; closed after the test. */
export async function coreOn(home: string, options: Partial<CoreOptions> = {}): Promise<Core> {
  const core = await openCore({ home, hostEntries: { train: fakeTrainHost }, ...options });
  cores.push(core);
  return core;
}

/** An experiment of one method that takes `epochs` steps of the fake training. */
export function experiment(
  change: Partial<ExperimentFile> & { epochs?: number } = {},
): ExperimentFile {
  const { epochs = 50, ...rest } = change;
  return experimentFileSchema.parse({
    name: 'storm',
    datasets: ['tiny'],
    methods: [{ use: 'mbpo', set: { epochs } }],
    ...rest,
  });
}

/** A core that serves a data folder in a process of its own. Resolves when it does. */
export async function spawnCore(
  home: string,
  mode: 'serve' | 'resume' = 'serve',
  environment: Record<string, string> = {},
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [coreProcess, home, mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the core process ended with ${String(code)}`)));
  });
  return child;
}

/** Ends a process and waits until it is gone. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await gone;
}

/** Asks again and again until the answer is true. */
export async function eventually(
  question: () => boolean,
  what: string,
  patienceMs = 45_000,
): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  while (!question()) {
    if (performance.now() > untilMs) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
