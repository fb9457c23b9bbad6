import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectFolder } from '#setup/locations.mjs';
import type { BenchEntry } from '../support/entry.ts';
import { formatTable } from '../support/table.ts';
import { coldStart } from './cold-start.ts';
import { comparison } from './comparison.ts';
import { live } from './live.ts';
import { manyMetrics } from './many-metrics.ts';
import { runTable } from './run-table.ts';
import type { Bar, Measuring } from './support/bar.ts';
import { launchBrowser } from './support/browser.ts';
import { seededRuns } from './support/seeded-home.ts';

/**
 * `npm run bench:ui [-- --json FILE] [--only NAME,NAME] [--rounds N] [--live-seconds N] [--home FOLDER]`: measures the
 * built page in Chromium and prints each bar with what was measured. A given folder is filled once and kept.
 */
const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    'live-seconds': { type: 'string', default: '60' },
    home: { type: 'string' },
  },
});
const bars: Readonly<Record<string, Bar>> = {
  runs: runTable,
  compare: comparison,
  live,
  start: coldStart,
  metrics: manyMetrics,
};
const wanted = values.only?.split(',') ?? Object.keys(bars);
const scratch = mkdtempSync(join(tmpdir(), 'offrec-bench-'));
let homes = 0;

function newHome(): string {
  homes += 1;
  const home = join(scratch, `home-${String(homes)}`);
  mkdirSync(home);
  return home;
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function measureAll(): Promise<BenchEntry[]> {
  const home = values.home === undefined ? newHome() : resolve(values.home);
  progress('filling a data folder with 10,000 runs');
  const runs = seededRuns(home);
  const browser = await launchBrowser();
  const measuring: Measuring = {
    browser,
    pageFolder: process.env['OFFREC_TEST_PAGE'] ?? join(projectFolder, 'out', 'renderer'),
    home,
    runs,
    rounds: Number(values.rounds),
    liveSeconds: Number(values['live-seconds']),
    newHome,
    progress,
  };
  const entries: BenchEntry[] = [];
  try {
    for (const name of wanted) {
      progress(`${name}, load ${(loadavg()[0] ?? 0).toFixed(1)}`);
      entries.push(...((await bars[name]?.(measuring)) ?? []));
    }
  } finally {
    await browser.close();
  }
  return entries;
}

try {
  const before = loadavg()[0] ?? 0;
  const entries = await measureAll();
  const load = { before, after: loadavg()[0] ?? 0 };
  process.stdout.write(formatTable(entries));
  process.stdout.write(`load ${load.before.toFixed(1)} before, ${load.after.toFixed(1)} after\n`);
  if (values.json !== undefined) {
    writeFileSync(values.json, `${JSON.stringify({ load, entries }, null, 1)}\n`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
