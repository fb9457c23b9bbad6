import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveHome } from '#core/home.ts';
import { withCore } from '../core-access.ts';
import { Terminal, type GlobalOptions } from '../terminal.ts';
import { runJob } from './job.ts';
import { runExperiment } from './run.ts';

const experiment = fileURLToPath(
  new URL('../../../../resources/examples/demo.yaml', import.meta.url),
);
const dataset = 'demo';

/**
 * `offrec demo`: works in a data folder of its own inside the chosen one, so that it never mixes with real work;
 * what is there already is used again.
 */
export async function runDemo(_terminal: Terminal, options: GlobalOptions): Promise<number> {
  const home = join(resolveHome(options.home, process.env), 'demo');
  const demo = new Terminal({ ...options, home });
  demo.say('A small world whose true rewards are known; DORL and MBPO learn from its biased log.');
  await withCore(demo, async (core) => {
    if (core.datasets.list().datasets.some(({ name }) => name === dataset)) return;
    await runJob(demo, 'synthetic world', (job) =>
      core.datasets.import({ kind: 'synthetic', name: dataset, options: { preset: 'demo' } }, job),
    );
  });
  return runExperiment(demo, { ...options, home, references: true }, experiment);
}
