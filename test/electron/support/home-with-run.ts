import { openCore } from '#core/open-core.ts';
import { experiment } from '../../runs/support/homes.ts';
import { newHome } from './launch.ts';

/** A data folder with a small world and one queued run of DORL on it. */
export async function homeWithRun(epochs: number): Promise<{ home: string; run: string }> {
  const home = newHome();
  const core = await openCore({ home });
  const options = { users: 60, items: 40, seed: 3 };
  await core.datasets.import({ kind: 'synthetic', name: 'world', options });
  const set = {
    epochs,
    stepsPerEpoch: 600,
    environments: 10,
    worldModelEpochs: 2,
    worldModelBatchSize: 64,
    ensembleSize: 2,
    worldModelHidden: [16],
    policyHidden: [16],
  };
  const { runs } = await core.experiments.create(
    experiment({
      datasets: ['world'],
      methods: [{ use: 'dorl', set }],
      protocol: { preset: 'nx0', episodes: 20, finalEpisodes: 20 },
    }),
  );
  await core.close();
  return { home, run: String(runs[0]?.id) };
}
