import { fileURLToPath } from 'node:url';
import { Contestant } from './support/contestant.ts';
import { duel } from './support/duel.ts';
import { timeEntry, type BenchEntry, type BenchOptions } from './support/entry.ts';

/** Steps by name, with the largest share of PyTorch's time that is good enough. */
const bars: Record<string, number> = {
  'small-policy': 1,
  'large-policy': 1,
  deepfm: 1,
  sasrec: 1.1,
  gru: 1.1,
  nextitnet: 1.1,
  caser: 1.1,
};
const portableBar = 6;
const rounds = 7;
const threadCounts = [1, 2];

/** Training steps beside PyTorch on the CPU, and the portable device beside the native one. */
export async function benchSteps(options: BenchOptions): Promise<BenchEntry[]> {
  const entries: BenchEntry[] = [];
  for (const threads of threadCounts) {
    entries.push(...(await besidePyTorch(threads, options)));
    entries.push(...(await portableBesideNative(threads, options)));
  }
  return entries;
}

async function besidePyTorch(threads: number, options: BenchOptions): Promise<BenchEntry[]> {
  const named = Object.keys(bars).map((step) => ({ step, name: entryName(step, threads) }));
  const wanted = named.filter(({ name }) => options.wanted(name));
  if (wanted.length === 0) return [];
  const ours = ourSide('native-cpu', threads);
  const peer = pyTorch(threads);
  try {
    await ours.introduction();
    const { ready, what } = await peer.introduction().catch(absent);
    const entries: BenchEntry[] = [];
    for (const { step, name } of wanted) {
      options.progress(name);
      const times = await duel(step, ours, ready ? peer : null, rounds);
      const bar = { of: 'ratio', bound: bars[step] ?? NaN } as const;
      entries.push(timeEntry(name, 'ms', times, { bar, note: what }));
    }
    return entries;
  } finally {
    await Promise.all([ours.end(), peer.end()]);
  }
}

async function portableBesideNative(threads: number, options: BenchOptions): Promise<BenchEntry[]> {
  const name = entryName('deepfm-portable', threads);
  if (!options.wanted(name)) return [];
  // The portable device has one thread; the native one has the threads of the name.
  const [portable, native] = [ourSide('portable', 1), ourSide('native-cpu', threads)];
  try {
    await portable.introduction();
    await native.introduction();
    options.progress(name);
    const times = await duel('deepfm', portable, native, rounds);
    const bar = threads === 1 ? ({ of: 'ratio', bound: portableBar } as const) : undefined;
    const note = 'portable (1 thread) beside native';
    return [timeEntry(name, 'ms', times, { note, ...(bar === undefined ? {} : { bar }) })];
  } finally {
    await Promise.all([portable.end(), native.end()]);
  }
}

function entryName(step: string, threads: number): string {
  return `${step}-${threads}-thread${threads === 1 ? '' : 's'}`;
}

function ourSide(device: string, threads: number): Contestant {
  const worker = fileURLToPath(new URL('support/step-worker.ts', import.meta.url));
  return new Contestant(process.execPath, [worker, device, String(threads)], {});
}

function pyTorch(threads: number): Contestant {
  const script = fileURLToPath(new URL('peer.py', import.meta.url));
  const count = String(threads);
  return new Contestant('python3', [script, count], {
    OMP_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
  });
}

function absent(): { ready: boolean; what: string } {
  return { ready: false, what: 'python3 does not run' };
}
