import type { DatasetManifest } from '#contract/dataset.ts';
import type { Protocol } from '#contract/protocol.ts';
import type { Workload } from '#engine/methods/method.ts';
import type { ModelBasedConfig } from './config.ts';

/** Rows times members a second of fitting, and simulated steps a second; one core, 128 x 128 and 64 x 64 networks. */
const fittingRates = { 'native-cuda': 2_500_000, 'native-cpu': 900_000, portable: 55_000 } as const;
const policyRates = { 'native-cuda': 250_000, 'native-cpu': 90_000, portable: 9_000 } as const;
const acting = { 'native-cuda': 500_000, 'native-cpu': 200_000, portable: 25_000 } as const;

const processBytes = 450e6;
const bytesPerValue = 4;

/** Fitting an ensemble, simulated steps of learning, and steps of evaluation. */
export function modelBasedWorkload(
  config: ModelBasedConfig,
  dataset: DatasetManifest,
  protocol: Protocol,
): Workload {
  const rounds = config.negatives === 'none' ? 1 : 2 * config.negativeRounds;
  const rows = dataset.interactions * rounds * config.worldModelEpochs;
  const evaluations = Math.ceil(config.epochs / protocol.everyEpochs);
  const episodes = evaluations * protocol.episodes + protocol.finalEpisodes;
  const pairs = dataset.users * dataset.items;
  return {
    parts: [
      { name: 'world model', count: rows * config.ensembleSize, ratePerS: fittingRates },
      { name: 'policy', count: config.epochs * config.stepsPerEpoch, ratePerS: policyRates },
      { name: 'evaluation', count: episodes * protocol.maxLength, ratePerS: acting },
    ],
    // Mean, uncertainty and ground truth, and what is being written of them.
    memoryBytes: processBytes + pairs * bytesPerValue * 4,
  };
}
