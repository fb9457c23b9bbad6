import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastLine, offrec, temporaryFolder, type Ended } from './offrec.ts';

export interface RunLine {
  readonly id: string;
  readonly status: string;
  readonly weightsHash: string | null;
  readonly seed: number;
  readonly method: string;
}

/** The last line of `run --json`. */
export interface RunAnswer {
  readonly experiment: string;
  readonly runs: readonly RunLine[];
  readonly interrupted: boolean;
  readonly resume: string | null;
}

const quick = 'stepsPerEpoch: 200, environments: 10, ensembleSize: 2, worldModelEpochs: 1';

/** A data folder with a tiny world in it, for the tests of one file. */
export class Workplace {
  readonly #folder = temporaryFolder();
  readonly folder = this.#folder.path;
  readonly home = join(this.folder, 'home');

  /** Imports the world `tiny`: 40 users, 30 items. */
  async prepare(): Promise<void> {
    const sets = ['users=40', 'items=30', 'interactionsPerUser=8', 'testInteractionsPerUser=4'];
    const words = sets.flatMap((set) => ['--set', set]);
    const ended = await this.offrec(
      'datasets',
      'import',
      'synthetic',
      '--name',
      'tiny',
      ...words,
      '--json',
    );
    if (ended.status !== 0) throw new Error(ended.stderr);
    const manifest = lastLine(ended) as { users: number; items: number };
    if (manifest.users !== 40 || manifest.items !== 30) throw new Error(ended.stdout);
  }

  /** Runs the terminal on this data folder. */
  offrec(...words: readonly string[]): Promise<Ended> {
    return offrec(['--home', this.home, ...words]);
  }

  /** DORL and MBPO on the tiny world, as small as they go. */
  experimentFile(name: string, epochs: number, seeds = '[0, 1]'): string {
    const path = join(this.folder, `${name}.yaml`);
    const text = `name: ${name}
datasets: [tiny]
methods:
  - { use: dorl, label: DORL_1, set: { epochs: ${epochs}, ${quick} } }
  - { use: mbpo, set: { epochs: ${epochs}, ${quick} } }
seeds: ${seeds}
protocol: { preset: nx0, maxLength: 10, episodes: 20, finalEpisodes: 20 }
`;
    writeFileSync(path, text);
    return path;
  }

  dispose(): void {
    this.#folder[Symbol.dispose]();
  }
}
