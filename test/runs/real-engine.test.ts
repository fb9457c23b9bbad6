import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExperimentFile } from '#contract/experiment.ts';
import type { Core } from '#core/core.ts';
import { openCore } from '#core/open-core.ts';
import { hostPids } from './support/host-pids.ts';
import { endProcess, eventually, experiment, spawnCore, temporaryHome } from './support/homes.ts';

/** DORL on a small world: fits an ensemble, learns a policy, in some seconds. */
const small: ExperimentFile = experiment({
  name: 'real',
  datasets: ['world'],
  methods: [
    {
      use: 'dorl',
      set: {
        // Long enough to be killed several times on a fast machine.
        epochs: 240,
        stepsPerEpoch: 600,
        environments: 10,
        worldModelEpochs: 12,
        worldModelBatchSize: 64,
        ensembleSize: 2,
        worldModelHidden: [16],
        policyHidden: [16],
      },
    },
  ],
  protocol: { preset: 'nx0', episodes: 20, finalEpisodes: 20 },
});

/** Waits until the run has taken a few steps, then a random while, and kills its host. */
async function killHost(core: Core, home: string, id: string): Promise<boolean> {
  const before = core.runs.show(id).segments.length;
  await eventually(
    () => hostPids(home).length > 0 || core.runs.get(id).status === 'done',
    'a host',
  );
  await new Promise((resolve) => setTimeout(resolve, 600 + Math.random() * 1400));
  const [pid] = hostPids(home);
  if (pid === undefined || core.runs.get(id).status === 'done') return false;
  process.kill(pid, 'SIGKILL');
  // A host that is killed after its last checkpoint has nothing left to take up.
  await eventually(
    () => core.runs.show(id).segments.length > before || core.runs.get(id).status === 'done',
    'it is taken up again',
  );
  return true;
}

describe('the real engine', () => {
  it(
    'comes to the same bits through kills of its host and of its core',
    { timeout: 400_000 },
    async () => {
      const calm = await openCore({ home: temporaryHome() });
      const world = await calm.datasets.import({
        kind: 'synthetic',
        name: 'world',
        options: { users: 30, items: 40, seed: 3 },
      });
      const { runs } = await calm.experiments.create(small);
      await calm.queue.serve();
      const [expected] = await calm.runs.waitFor(runs.map(({ id }) => id));
      expect(expected?.error).toBeNull();
      expect(expected?.status).toBe('done');

      const home = temporaryHome();
      cpSync(calm.datasets.folder('world'), join(home, 'datasets', 'world'), { recursive: true });
      const core = await openCore({ home });
      expect(core.datasets.show('world').checksum).toBe(world.checksum);
      const created = await core.experiments.create(small);
      const id = created.runs[0]?.id ?? '';
      const real = { OFFREC_TEST_REAL: '1', OFFREC_TEST_CHECKPOINT_S: '0.3' };
      let child = await spawnCore(home, 'resume', real);
      const killed = { hosts: 0, cores: 0 };
      for (let round = 0; round < 40 && core.runs.get(id).status !== 'done'; round += 1) {
        if (await killHost(core, home, id)) killed.hosts += 1;
        if (round % 3 === 2) {
          await endProcess(child, 'SIGKILL');
          killed.cores += 1;
          child = await spawnCore(home, 'resume', real);
        }
        if (killed.hosts >= 6 && killed.cores >= 2) break;
      }
      await eventually(() => core.runs.get(id).status === 'done', 'the run is done', 240_000);
      await endProcess(child, 'SIGTERM');
      expect(killed.hosts).toBeGreaterThan(2);
      const warnings = core.runs.logs(id).filter(({ level }) => level === 'warning');
      expect(warnings).toEqual([]);
      for (const { metric, count } of calm.runs.metrics(expected?.id ?? '')) {
        // What the machine gave is not what the run computed.
        if (metric.startsWith('system/')) continue;
        const live = core.runs.points(id, metric);
        expect(live.total, metric).toBe(count);
        expect([...live.values], metric).toEqual([
          ...calm.runs.points(expected?.id ?? '', metric).values,
        ]);
      }
      expect(core.runs.get(id).weightsHash).toBe(expected?.weightsHash);
      const { segments } = core.runs.show(id);
      process.stdout.write(
        `real engine: ${String(killed.hosts)} hosts and ${String(killed.cores)} cores killed, ` +
          `${String(segments.length)} segments, same bits\n`,
      );
      await Promise.all([core.close(), calm.close()]);
    },
  );
});
