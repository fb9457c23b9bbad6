import { existsSync } from 'node:fs';
import { protocolPresets } from '#contract/protocol.ts';
import { runStatusSchema } from '#contract/run.ts';
import type { RouterClient } from '#contract/router.ts';
import { backupClient, dataFolder, machineClient, withClient } from '../client.ts';
import { readRuns } from '../run-rows.ts';
import { Terminal } from '../terminal.ts';

interface Name {
  readonly name: string;
  readonly description?: string;
}

type Lister = (client: RouterClient) => Promise<Name[]>;

const runs: Lister = async (client) =>
  (await readRuns(client, {})).map((run) => ({
    name: run.id,
    description: `${run.experiment} ${run.label} seed ${run.spec.seed} ${run.status}`,
  }));
const datasets: Lister = async (client) =>
  (await client.datasets.list()).datasets.map(({ name }) => ({ name }));
const experiments: Lister = async (client) =>
  (await client.experiments.list()).map(({ name }) => ({ name }));

/** What the data folder knows, by the place of the command line where it fits. */
const fromHome: Readonly<Record<string, Lister>> = {
  'runs show run': runs,
  'runs pause runs': runs,
  'runs stop runs': runs,
  'runs resume runs': runs,
  'runs fork run': runs,
  'checkpoint export run': runs,
  'datasets show name': datasets,
  'datasets remove name': datasets,
  'offrec reference dataset': datasets,
  '--dataset': datasets,
  'offrec table experiments': experiments,
  '--experiment': experiments,
};

const fixed: Readonly<Record<string, readonly string[]>> = {
  '--protocol': Object.keys(protocolPresets),
  '--status': runStatusSchema.options,
  'offrec completion shell': ['bash', 'zsh', 'fish'],
};

/** Names that may stand at a place; files where nothing is known about it. */
export async function namesFor(
  slot: string,
  home: string | undefined,
): Promise<readonly Name[] | 'files'> {
  const names = fixed[slot];
  if (names !== undefined) return names.map((name) => ({ name }));
  if (slot === '--method' || slot === 'methods show name') {
    const methods = await (await machineClient()).methods.list();
    return methods.map(({ name, title }) => ({ name, description: title }));
  }
  if (slot === 'database restore backup') {
    const { database } = await backupClient(await dataFolder(home));
    return (await database.backups()).map(({ name, kind }) => ({ name, description: kind }));
  }
  const look = fromHome[slot];
  if (look === undefined) return 'files';
  // Pressing Tab makes no data folder.
  if (!existsSync(await dataFolder(home))) return [];
  const quiet = new Terminal(home === undefined ? {} : { home });
  return withClient(quiet, look, { readOnly: true });
}
