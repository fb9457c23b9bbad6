import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dataFolder, withClient } from '../client.ts';
import { Terminal, type GlobalOptions } from '../terminal.ts';
import { runJob } from './job.ts';
import { runExperiment } from './run.ts';

const experiment = fileURLToPath(
  new URL('../../../../resources/examples/demo.yaml', import.meta.url),
);

/**
 * `offrec demo`: works in a data folder of its own inside the chosen one, so that it never mixes with real work;
 * what is there already is used again.
 */
export async function runDemo(_terminal: Terminal, options: GlobalOptions): Promise<number> {
  const home = join(await dataFolder(options.home), 'demo');
  const demo = new Terminal({ ...options, home });
  demo.say('A small world whose true rewards are known; DORL and MBPO learn from its biased log.');
  await withClient(demo, (client) =>
    runJob(demo, client, 'synthetic world', () => client.experiments.demo({ start: false })),
  );
  return runExperiment(demo, { ...options, home, references: true }, experiment);
}
