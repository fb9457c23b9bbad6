import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '#contract/run.ts';
import type { Core } from '#core/core.ts';
import { decodeChunk } from '#store/chunk-codec.ts';
import { FakeRun } from './support/fake-run.ts';
import { hostPids } from './support/host-pids.ts';
import {
  coreOn,
  endProcess,
  eventually,
  experiment,
  spawnCore,
  temporaryHome,
} from './support/homes.ts';

const soak = process.env['OFFREC_SOAK'] === '1';
const kills = soak ? 2000 : 200;
const epochs = 600;
const atOnce = 3;

const pick = <T>(from: readonly T[]): T | undefined =>
  from[Math.floor(Math.random() * from.length)];
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Acknowledged points by segment, as the run's hosts noted them. */
function acknowledged(home: string, run: string): Map<number, number> {
  const file = join(home, 'runs', run, 'acknowledged.log');
  const counts = new Map<number, number>();
  let segment = 0;
  // The last line may be cut off by a kill.
  for (const line of existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []) {
    if (line.startsWith('segment ')) segment = Number(line.slice(8));
    else counts.set(segment, Number(line));
  }
  return counts;
}

/** Every stored point of a run, live or discarded: its indices by segment. */
function storedIndices(home: string, run: string): Map<number, Set<number>> {
  const database = new Database(join(home, 'offrec.sqlite'), { readonly: true });
  const tables = ['chunks', 'open_chunks'].map((table) =>
    database
      .prepare<[string], { segment: number; points: Buffer }>(
        `SELECT segment, points FROM ${table} WHERE series IN (SELECT id FROM series WHERE run = ?)`,
      )
      .all(run),
  );
  database.close();
  const indices = new Map<number, Set<number>>();
  for (const { segment, points } of tables.flat()) {
    const known = indices.get(segment) ?? new Set<number>();
    for (const index of decodeChunk(points, run).indices) known.add(index);
    indices.set(segment, known);
  }
  return indices;
}

function expectNothingAcknowledgedLost(core: Core, home: string, run: string): number {
  const promised = acknowledged(home, run);
  const stored = storedIndices(home, run);
  let checked = 0;
  for (const { number, firstIndex } of core.runs.show(run).segments) {
    const count = promised.get(number) ?? 0;
    for (let index = firstIndex; index < count; index += 1) {
      if (stored.get(number)?.has(index) !== true) {
        expect.unreachable(`run ${run}, segment ${String(number)}: point ${String(index)} is lost`);
      }
      checked += 1;
    }
  }
  return checked;
}

/** The same run without a single interruption, in this process. */
async function undisturbed(run: RunRecord): Promise<{ hash: string; values: number[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'offrec-calm-'));
  const values: number[] = [];
  const before = process.env['OFFREC_TEST_STEP_MS'];
  process.env['OFFREC_TEST_STEP_MS'] = '0';
  const result = await new FakeRun({
    spec: run.spec,
    datasetFolder: folder,
    runFolder: folder,
    cacheFolder: folder,
    resumeFrom: null,
    checkpointEveryS: 3600,
    flushed: () => Promise.resolve(),
    control: { request: () => 'none' },
    report: {
      ready: () => undefined,
      progress: () => undefined,
      checkpoint: () => undefined,
      log: () => undefined,
      metric: (name, _step, value) => {
        if (name === 'eval/rTra') values.push(value);
      },
    },
  }).walk();
  if (before === undefined) delete process.env['OFFREC_TEST_STEP_MS'];
  else process.env['OFFREC_TEST_STEP_MS'] = before;
  rmSync(folder, { recursive: true, force: true });
  return { hash: result.checkpoint?.hash ?? '', values };
}

/** False when the host had ended already. */
function killHost(home: string): boolean {
  const pid = pick(hostPids(home));
  try {
    return pid !== undefined && process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}

describe('a storm of kills', () => {
  it(
    `loses nothing in ${String(kills)} kills of hosts and cores`,
    { timeout: soak ? 7_200_000 : 420_000 },
    async () => {
      const home = temporaryHome();
      const core = await coreOn(home);
      const storm = { OFFREC_TEST_STEP_MS: '2' };
      let experiments = 0;
      const unfinished = (): RunRecord[] =>
        core.runs.list().filter(({ status }) => status !== 'done');
      const addRuns = (): Promise<unknown> =>
        core.experiments.create(
          experiment({
            name: `storm-${String((experiments += 1))}`,
            epochs,
            seeds: Array.from({ length: 6 }, (_, seed) => experiments * 100 + seed),
          }),
        );
      await addRuns();
      let child: ChildProcess = await spawnCore(home, 'resume', storm);
      const killed = { hosts: 0, cores: 0 };
      while (killed.hosts + killed.cores < kills) {
        if (unfinished().length < atOnce) await addRuns();
        await pause(Math.random() * 250);
        const aim = Math.random();
        if (aim < 0.9 && killHost(home)) killed.hosts += 1;
        if (aim > 0.86) {
          await endProcess(child, 'SIGKILL');
          killed.cores += 1;
          child = await spawnCore(home, 'resume', storm);
        }
      }
      await eventually(() => unfinished().length === 0, 'all runs are done', 300_000);
      await endProcess(child, 'SIGTERM');
      const runs = core.runs.list();
      let points = 0;
      let segments = 0;
      for (const run of runs) {
        points += expectNothingAcknowledgedLost(core, home, run.id);
        const calm = await undisturbed(run);
        expect(run).toMatchObject({ status: 'done', weightsHash: calm.hash });
        const live = core.runs.points(run.id, 'eval/rTra');
        expect([...live.values]).toEqual(calm.values);
        const detail = core.runs.show(run.id);
        segments += detail.segments.length;
        for (const { folder } of detail.checkpoints) {
          expect(await core.checkpoints.verify(folder)).toMatchObject({ ok: true });
        }
        const leftovers = readdirSync(join(home, 'runs', run.id)).filter((name) =>
          /partial|orphan/.test(name),
        );
        expect(leftovers).toEqual([]);
      }
      await core.close();
      const database = new Database(join(home, 'offrec.sqlite'));
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(database.pragma('foreign_key_check')).toEqual([]);
      database.close();
      process.stdout.write(
        `fault injection: ${String(killed.hosts)} hosts and ${String(killed.cores)} cores killed, ` +
          `${String(runs.length)} runs in ${String(segments)} segments, ` +
          `${String(points)} acknowledged points found again\n`,
      );
    },
  );
});
