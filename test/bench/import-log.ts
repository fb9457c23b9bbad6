import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { RandomStreams } from '#engine/compute/random.ts';
import { importLog } from '#engine/data/import-log.ts';
import type { Bench } from './support/entry.ts';

const rows = 4_000_000;

/** What one import in a process of its own took. */
interface ImportTiming {
  readonly seconds: number;
  /** Of all threads together: what the seconds would be on one free core at least. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** Writes a log like the large MovieLens ones: sparse ids, half-star ratings, times out of order. */
async function writeLog(path: string): Promise<void> {
  const stream = new RandomStreams(0).stream('bench-import-log');
  const file = createWriteStream(path, { highWaterMark: 1 << 22 });
  file.write('userId,movieId,rating,timestamp\n');
  const block: string[] = [];
  for (let row = 1; row <= rows; row += 1) {
    const user = 1 + stream.integer(160_000);
    const item = 1 + Math.floor(190_000 * stream.uniform() ** 3);
    block.push(`${user},${item},${(1 + stream.integer(10)) / 2},${1e9 + stream.integer(5e8)}\n`);
    if (block.length < 50_000 && row < rows) continue;
    if (!file.write(block.join(''))) await once(file, 'drain');
    block.length = 0;
  }
  file.end();
  await finished(file);
}

/** Imports a CSV log of 4 million rows in a fresh process, which reports its greatest memory, too. */
export const benchImportLog: Bench = async (options) => {
  const name = 'import-log-4m';
  if (!options.wanted(name)) return [];
  options.progress(`${name}: writing ${rows} rows`);
  const folder = await mkdtemp(join(tmpdir(), 'offrec-bench-'));
  try {
    const file = join(folder, 'log.csv');
    await writeLog(file);
    options.progress(`${name}: importing`);
    const run = promisify(execFile)(process.execPath, [import.meta.filename, file, folder]);
    const { seconds, cpuSeconds, rssBytes } = JSON.parse((await run).stdout) as ImportTiming;
    const megabytes = Math.round(rssBytes / 1e6);
    const note = `4 million rows of CSV; ${cpuSeconds.toFixed(1)} s of CPU, at most ${megabytes} MB (bar 2,000)`;
    const bar = { of: 'ours', bound: 10 } as const;
    return [{ name, unit: 's', ours: seconds, peer: null, ratio: null, bar, note }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function importOnce(file: string, into: string): Promise<ImportTiming> {
  const start = performance.now();
  await importLog({ file, name: 'log', into });
  const seconds = (performance.now() - start) / 1000;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const cpuSeconds = (userCPUTime + systemCPUTime) / 1e6;
  return { seconds, cpuSeconds, rssBytes: maxRSS * 1024 };
}

if (process.argv[1] === import.meta.filename) {
  const [file, into] = process.argv.slice(2);
  process.stdout.write(JSON.stringify(await importOnce(file!, into!)));
}
