import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { offrec } from '../../terminal/offrec.ts';

const quick = 'epochs: 40, stepsPerEpoch: 8000, ensembleSize: 3, worldModelEpochs: 3';
const protocol = `{ preset: nx0, exitRule: category, exitWindowLength: 4, exitThreshold: 1 }`;

const worlds = {
  bookshop: ['users=240', 'items=180', 'exposureBias=0.8', 'seed=3'],
  newsstand: ['users=300', 'items=160', 'popularityBias=1.5', 'seed=5'],
};
const files = {
  penalty: `name: penalty
description: How strong should the penalty of uncertainty be?
datasets: [bookshop]
methods:
  - { use: dorl, set: { lambdaU: [0, 0.05, 0.1, 0.2], lambdaE: [0.1, 0.5], ${quick} } }
seeds: [0, 1]
protocol: ${protocol}
`,
  methods: `name: methods
description: Which penalty helps where the log is biased?
datasets: [bookshop, newsstand]
methods:
  - { use: dorl, set: { ${quick} } }
  - { use: mopo, set: { ${quick} } }
  - { use: mbpo, set: { ${quick} } }
seeds: [0, 1, 2, 3, 4]
protocol: ${protocol}
`,
  /** Started while the pictures are taken. */
  longer: `name: longer
description: Does more training change the order?
datasets: [bookshop]
methods:
  - { use: dorl, set: { epochs: 400, stepsPerEpoch: 20000 } }
  - { use: mbpo, set: { epochs: 400, stepsPerEpoch: 20000 } }
seeds: [0, 1, 2]
protocol: ${protocol}
`,
};

/**
 * Fills a data folder with worlds, a comparison of methods and a sweep. Beside them lie `longer.yaml`, an experiment to start,
 * and `clicks.csv`, a log to import.
 */
export async function fillHome(home: string): Promise<void> {
  const run = async (...words: readonly string[]): Promise<void> => {
    const { status, stderr } = await offrec(['--home', home, ...words]);
    if (status !== 0) throw new Error(stderr);
  };
  for (const [name, sets] of Object.entries(worlds)) {
    const settings = sets.flatMap((set) => ['--set', set]);
    await run('datasets', 'import', 'synthetic', '--name', name, ...settings);
  }
  for (const [name, text] of Object.entries(files)) {
    const file = join(home, `${name}.yaml`);
    writeFileSync(file, text);
    if (name !== 'longer') await run('run', file);
  }
  const lines = Array.from({ length: 400 }, (_, at) => {
    const [visitor, article] = [(at * 7) % 61, (at * at + 3 * at) % 83];
    return `v${visitor},a${article},${at % 4 === 0 ? 1 : 0},${1_700_000_000 + at * 97}`;
  });
  writeFileSync(join(home, 'clicks.csv'), `visitor,article,clicked,time\n${lines.join('\n')}\n`);
}
