import { join } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { calibrationBins } from '#engine/evaluation/calibration.ts';
import { modelDiagnostics } from '#engine/evaluation/diagnostics.ts';
import { protocolObstacle } from '#engine/evaluation/protocol.ts';
import type { PhaseFactory, RunContext } from '#engine/methods/method.ts';
import type { Phase } from '#engine/training/phase.ts';
import { EnsemblePhase, logLosses, type EnsembleConfig } from '#engine/worldmodels/ensemble.ts';
import {
  artefactHash,
  keepArtefact,
  loadRewardModel,
  saveRewardModel,
  type RewardModel,
} from '#engine/worldmodels/reward-model.ts';
import { SharedFit } from '#engine/worldmodels/shared-fit.ts';
import type { ModelBasedConfig } from './config.ts';
import { PolicyPhase } from './policy-phase.ts';
import { simulatedReward } from './rewards.ts';

/** Raised when the same configuration would make another world model than before. */
const worldModelRevision = 2;

/** Fit the world model (or take it from the cache), then learn the policy in it. */
export function modelBasedPhases(
  context: RunContext,
  config: ModelBasedConfig,
): readonly PhaseFactory[] {
  const obstacle = protocolObstacle(context.protocol, context.dataset);
  if (obstacle !== null) {
    throw new OffrecError('invalid-input', obstacle, {
      where: `dataset ${context.dataset.manifest.name}`,
      hint: 'change the protocol, or import the dataset with what it needs (for a log: --set groundTruth=rebuild)',
    });
  }
  const policy = (model: RewardModel | null) => {
    const random = context.random.stream('rewards/entropy');
    const reward = simulatedReward(context.dataset, config, model, random);
    return new PolicyPhase(context, config, { model, reward });
  };
  if (!needsWorldModel(config)) return [() => policy(null)];
  const kept = join(context.runFolder, 'artefacts', 'world-model.safetensors');
  return [() => worldModelPhase(context, config, kept), () => policy(loadRewardModel(kept))];
}

function needsWorldModel(config: ModelBasedConfig): boolean {
  return (
    config.rewardSource === 'world-model' ||
    config.itemEmbeddings === 'world-model' ||
    config.lambdaU > 0
  );
}

function ensembleConfig(context: RunContext, config: ModelBasedConfig): EnsembleConfig {
  return {
    members: config.ensembleSize,
    epochs: config.worldModelEpochs,
    batchSize: config.worldModelBatchSize,
    embeddingSize: config.embeddingSize,
    hidden: config.worldModelHidden,
    output: config.rewardOutput,
    learningRate: config.worldModelLearningRate,
    initialDeviation: config.initialDeviation,
    embeddingDecay: config.embeddingDecay,
    decay: config.worldModelDecay,
    negatives: config.negatives,
    negativeRounds: config.negativeRounds,
    centred: config.centredTargets,
    propensity: { power: config.propensityPower, cap: config.propensityCap },
    seed: config.worldModelSeed ?? context.seed,
    seedPerMember: config.seedPerMember,
  };
}

function worldModelPhase(context: RunContext, config: ModelBasedConfig, kept: string): Phase {
  const ensemble = ensembleConfig(context, config);
  const { device, threads, tensorflow, xla } = context.device;
  const hash = artefactHash({
    kind: 'deepfm-ensemble',
    revision: worldModelRevision,
    dataset: context.dataset.manifest.checksum,
    // Bits depend on what computes them, so that each device keeps its own.
    compute: { device, threads, tensorflow, xla },
    ...ensemble,
  });
  const cached = join(context.cacheFolder, 'world-models', `${hash}.safetensors`);
  const fit = new EnsemblePhase(context.dataset, ensemble, context.log);
  const name = `world model ${hash.slice(0, 12)}`;
  return new SharedFit({
    artefact: cached,
    fit,
    save: () => saveRewardModel(cached, fit.predict()),
    handOver(origin) {
      keepArtefact(cached, kept);
      const model = loadRewardModel(kept);
      if (origin === 'cache') {
        context.note('info', `${name} taken from the cache`);
        logLosses(context.log, model.lossPerEpoch, 0);
      }
      reportModel(context, config, model);
    },
    onWait: () => context.note('info', `${name} is being fitted by another run; waiting for it`),
  });
}

/** Warns where a penalty cannot matter, and says how good the model is where the truth is known. */
function reportModel(context: RunContext, config: ModelBasedConfig, model: RewardModel): void {
  const { log, note, dataset } = context;
  const diagnostics = modelDiagnostics(dataset, model);
  for (const [name, value] of Object.entries(diagnostics)) log(`world-model/${name}`, 0, value);
  for (const { metric, bin, value } of calibrationBins(dataset, model)) {
    log(`world-model/${metric}`, bin, value);
  }
  const size = config.lambdaU * diagnostics.uncertaintyMean;
  if (config.lambdaU > 0 && size < 0.01 * diagnostics.rewardStd) {
    note(
      'warning',
      `λ_U · mean P_U is ${size.toExponential(1)}, below 1 % of the spread of the predicted reward ` +
        `(${diagnostics.rewardStd.toExponential(1)}): the penalty hardly matters`,
    );
  }
}
