import { OffrecError } from '#contract/errors.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import type { Dataset } from '#engine/data/dataset.ts';
import {
  EntropyPenalty,
  featureLevelCodes,
  itemLevelCodes,
  userSequences,
  type ItemCodes,
  type LogOrder,
} from '#engine/rewards/entropy.ts';
import {
  EntropyTerm,
  MatrixTerm,
  SimulatedReward,
  type RewardTerm,
} from '#engine/rewards/simulated-reward.ts';
import type { RewardModel } from '#engine/worldmodels/reward-model.ts';
import type { ModelBasedConfig } from './config.ts';

/**
 * r = max(0, R̂ − λ_U P_U + λ_E E_t − MIN_R). Terms of weight 0 are left out, so that MBPO, MOPO and DORL are
 * one formula.
 */
export function simulatedReward(
  dataset: Dataset,
  config: ModelBasedConfig,
  model: RewardModel | null,
  random: RandomStream,
): SimulatedReward {
  const { lambdaU, lambdaE, entropyOrders } = config;
  const terms: RewardTerm[] = [
    new MatrixTerm('reward', predictedRewards(dataset, config, model), dataset.items, 1),
  ];
  if (lambdaU > 0 && model !== null) {
    terms.push(new MatrixTerm('uncertainty', model.uncertaintyUI, dataset.items, -lambdaU));
  }
  if (lambdaE > 0 && entropyOrders.length > 0) {
    terms.push(new EntropyTerm(entropyPenalty(dataset, config, random), lambdaE));
  }
  return new SimulatedReward(terms);
}

/** R̂: the world model's, or the truth itself for an upper bound. */
function predictedRewards(
  dataset: Dataset,
  config: ModelBasedConfig,
  model: RewardModel | null,
): Float32Array {
  const matrix =
    config.rewardSource === 'ground-truth' ? dataset.groundTruth?.rewardsUI : model?.rewardsUI;
  if (matrix !== undefined) return matrix;
  throw new OffrecError(
    'invalid-input',
    `there is no ${config.rewardSource} to take rewards from`,
    {
      where: 'rewardSource',
      hint: 'import the dataset with a ground truth, or choose the world model',
    },
  );
}

function entropyPenalty(
  dataset: Dataset,
  config: ModelBasedConfig,
  random: RandomStream,
): EntropyPenalty {
  const sequences = userSequences(dataset.train, logOrder(dataset, config, random));
  return new EntropyPenalty(sequences, entropyCodes(dataset, config), config.entropyOrders);
}

function logOrder(dataset: Dataset, config: ModelBasedConfig, random: RandomStream): LogOrder {
  if (config.entropyOrder === 'shuffled') {
    return { kind: 'shuffled', repeats: config.entropyShuffles, random };
  }
  if (config.entropyOrder === 'time' && dataset.train.times === null) {
    throw new OffrecError('invalid-input', 'the log has no time to order its contexts by', {
      where: 'entropyOrder',
      hint: 'choose entropyOrder `shuffled` or `index`, or empty entropyOrders to switch P_E off',
    });
  }
  return { kind: config.entropyOrder };
}

function entropyCodes(dataset: Dataset, config: ModelBasedConfig): ItemCodes {
  if (config.entropyLevel === 'item') return itemLevelCodes(dataset.items);
  const wanted =
    config.entropyFeatures.length > 0
      ? config.entropyFeatures
      : [dataset.manifest.categoryFeature].filter((name) => name !== null);
  const features = wanted.map((name) => {
    const feature = dataset.itemFeatures.find((candidate) => candidate.name === name);
    if (feature !== undefined) return feature;
    const known = dataset.itemFeatures.map((candidate) => candidate.name).join(', ') || 'none';
    throw new OffrecError('invalid-input', `the dataset has no item feature ${name}`, {
      where: 'entropyFeatures',
      hint: `its item features: ${known}`,
    });
  });
  if (features.length === 0) {
    throw new OffrecError('invalid-input', 'feature-level entropy needs an item feature', {
      where: 'entropyLevel',
      hint: 'name features in entropyFeatures, or choose the level `item`',
    });
  }
  return featureLevelCodes(features, dataset.items);
}
