import { fileURLToPath } from 'node:url';
import { experimentFileSchema } from '#contract/experiment.ts';
import { openCore } from '#core/open-core.ts';
import { startServer } from '#doors/serve/server.ts';

/*
 * The core of a bench: serves the page of the second argument over the data folder of the first. Its train hosts log
 * at a steady rate instead of training.
 */

const [home = '', pageFolder = ''] = process.argv.slice(2);
const core = await openCore({
  home,
  hostEntries: { train: fileURLToPath(new URL('logging-host.ts', import.meta.url)) },
});
const server = await startServer(core, {
  host: '127.0.0.1',
  port: 0,
  token: 'a-token-for-measurements-0123456789',
  pageFolder,
  version: '0.0.0',
});
let started: string[] = [];

async function startRuns(count: number): Promise<void> {
  const experiment = experimentFileSchema.parse({
    name: 'live',
    datasets: ['world'],
    methods: [{ use: 'mbpo' }],
    seeds: Array.from({ length: count }, (_, seed) => seed),
  });
  const { runs } = await core.experiments.create(experiment);
  started = runs.map(({ id }) => id);
  // They rest most of the time, so that more of them than cores run at once.
  core.queue.setBudget({ cores: count, hosts: count });
  await core.queue.serve();
  process.send?.({ started });
}

/** What the hosts log, without what the host itself tells of its machine. */
async function countPoints(): Promise<void> {
  await core.runs.waitFor(started);
  const logged = started.flatMap((id) => core.runs.metrics(id, 'load/'));
  process.send?.({ stored: logged.reduce((sum, { count }) => sum + count, 0) });
}

// Does not outlive the bench.
process.on('disconnect', () => process.exit(1));
process.on('message', (message: { start?: number; count?: true }) => {
  if (message.start !== undefined) void startRuns(message.start);
  if (message.count === true) void countPoints();
});
process.on('SIGTERM', () => {
  void server
    .close()
    .then(() => core.close())
    .then(() => process.exit(0));
});
process.send?.({ url: server.url });
