import { join } from 'node:path';
import { A2c, type A2cLosses } from '#engine/agents/a2c.ts';
import { AverageTracker, type RewardScale } from '#engine/backbones/average-tracker.ts';
import { exitRuleOf } from '#engine/environments/exit-rule.ts';
import { LockstepEpisodes } from '#engine/environments/lockstep.ts';
import { catalogueStatistics } from '#engine/evaluation/catalogue.ts';
import { collectEpisodes, drawUsers } from '#engine/evaluation/collector.ts';
import { recommendationDiagnostics, recommendationShares } from '#engine/evaluation/diagnostics.ts';
import { evaluateEpisodes, type CatalogueStatistics } from '#engine/evaluation/metrics.ts';
import type { PolicyInspector } from '#engine/evaluation/policy-inspector.ts';
import type { RunContext } from '#engine/methods/method.ts';
import { meanTerms, type SimulatedReward } from '#engine/rewards/simulated-reward.ts';
import type { PartState, Phase } from '#engine/training/phase.ts';
import type { RewardModel } from '#engine/worldmodels/reward-model.ts';
import type { ModelBasedConfig } from './config.ts';
import { ModelBasedInspector } from './policy-inspector.ts';

/** Sums over the collects of the epoch so far. */
interface EpochTotals {
  steps: number;
  collects: number;
  simulatedReturn: number;
  actor: number;
  critic: number;
  entropy: number;
}

const emptyTotals = (): EpochTotals => ({
  steps: 0,
  collects: 0,
  simulatedReturn: 0,
  actor: 0,
  critic: 0,
  entropy: 0,
});

const schedules: Record<ModelBasedConfig['learningRateSchedule'], (share: number) => number> = {
  constant: () => 1,
  linear: (share) => 1 - share,
  cosine: (share) => 0.5 * (1 + Math.cos(Math.PI * share)),
};

/**
 * Learns the policy in the simulation and evaluates it in the ground truth after every epoch. One step is one
 * collect (an episode of every environment) with its update.
 */
export class PolicyPhase implements Phase {
  readonly name = 'policy';
  readonly unit = 'simulated steps';
  readonly total: number;
  readonly #context: RunContext;
  readonly #config: ModelBasedConfig;
  readonly #model: RewardModel | null;
  readonly #reward: SimulatedReward;
  readonly #tracker: AverageTracker;
  readonly #agent: A2c;
  readonly #episodes: LockstepEpisodes;
  readonly #catalogue: CatalogueStatistics;
  #epoch = 0;
  #totals = emptyTotals();

  constructor(
    context: RunContext,
    config: ModelBasedConfig,
    parts: { model: RewardModel | null; reward: SimulatedReward },
  ) {
    const { dataset, protocol, random } = context;
    this.#context = context;
    this.#config = config;
    this.#model = parts.model;
    this.#reward = parts.reward;
    this.#catalogue = catalogueStatistics(dataset);
    this.#tracker = createTracker(context, config, parts.model);
    this.#agent = new A2c(
      { ...config, hidden: config.policyHidden },
      {
        tracker: this.#tracker,
        maskInTraining: config.maskInTraining,
        streams: {
          initial: random.stream('policy/initial'),
          sampling: random.stream('policy/sampling'),
          shuffling: random.stream('policy/shuffling'),
        },
      },
    );
    // The simulation ends episodes by the true environment's rule, as the published code does.
    this.#episodes = new LockstepEpisodes({
      count: config.environments,
      maxLength: protocol.maxLength,
      rewards: parts.reward,
      exitRule: exitRuleOf(dataset, protocol),
    });
    this.total = config.epochs * config.stepsPerEpoch;
  }

  get done(): number {
    const { stepsPerEpoch } = this.#config;
    return this.#epoch * stepsPerEpoch + Math.min(this.#totals.steps, stepsPerEpoch);
  }

  step(): void {
    this.#scheduleLearningRate();
    const valuesET = this.#collect();
    const losses = this.#agent.update(this.#episodes, valuesET, this.#simulatedScale);
    this.#count(losses);
    if (this.#totals.steps >= this.#config.stepsPerEpoch) this.#endEpoch();
  }

  /** r_min = 0 and r_max = MAX_R − MIN_R: simulated rewards are shifted to begin at 0. */
  get #simulatedScale(): RewardScale {
    return { low: 0, high: this.#reward.range };
  }

  /** One episode in every environment; returns V(s_t) as it was when each action was drawn. */
  #collect(): Float32Array {
    const episodes = this.#episodes;
    const { count, maxLength } = episodes;
    const { dataset, random } = this.#context;
    const users = new Int32Array(count);
    random.stream('policy/users').fillIntegers(users, dataset.users);
    episodes.reset(users);
    const valuesET = new Float32Array(count * maxLength);
    while (episodes.running > 0) {
      const { actions, values } = this.#agent.explore(episodes, this.#simulatedScale);
      for (let episode = 0; episode < count; episode++) {
        if (episodes.ended[episode] === 1) continue;
        valuesET[episode * maxLength + episodes.lengths[episode]!] = values[episode]!;
      }
      episodes.step(actions);
    }
    return valuesET;
  }

  #count(losses: A2cLosses): void {
    const totals = this.#totals;
    const { lengths, rewardsET, maxLength } = this.#episodes;
    for (let episode = 0; episode < lengths.length; episode++) {
      const start = episode * maxLength;
      for (let at = start; at < start + lengths[episode]!; at++) {
        totals.simulatedReturn += rewardsET[at]!;
      }
      totals.steps += lengths[episode]!;
    }
    totals.collects++;
    totals.actor += losses.actor;
    totals.critic += losses.critic;
    totals.entropy += losses.entropy;
  }

  #scheduleLearningRate(): void {
    const { learningRateSchedule, epochs } = this.#config;
    this.#agent.scaleLearningRates(schedules[learningRateSchedule](this.#epoch / epochs));
  }

  #endEpoch(): void {
    this.#epoch++;
    const { log, protocol } = this.#context;
    const { collects, simulatedReturn, steps, actor, critic, entropy } = this.#totals;
    const episodes = collects * this.#config.environments;
    log('train/simulatedReturn', this.#epoch, simulatedReturn / episodes);
    log('train/length', this.#epoch, steps / episodes);
    log('train/actorLoss', this.#epoch, actor / collects);
    log('train/criticLoss', this.#epoch, critic / collects);
    if (this.#config.entropyCoefficient > 0) {
      log('train/policyEntropy', this.#epoch, entropy / collects);
    }
    // Of the epoch's last collect, so that nothing more is kept from step to step.
    for (const [term, mean] of Object.entries(meanTerms(this.#reward.terms, this.#episodes))) {
      log(`train/rewardTerm/${term}`, this.#epoch, mean);
    }
    this.#totals = emptyTotals();
    if (this.#epoch % protocol.everyEpochs === 0) this.#evaluate('eval', protocol.episodes);
    if (this.#epoch < this.#config.epochs) return;
    if (protocol.finalEpisodes > 0) this.#evaluate('final', protocol.finalEpisodes);
    this.#agent.saveActing(
      join(this.#context.runFolder, 'artefacts', 'acting-model'),
      protocol.maxLength,
    );
  }

  #evaluate(prefix: 'eval' | 'final', episodes: number): void {
    const { dataset, protocol, random, log } = this.#context;
    const stream = random.stream('evaluation');
    const users = drawUsers(dataset.users, episodes, protocol.users, stream);
    const played = collectEpisodes(
      dataset,
      protocol,
      {
        batchSize: 100,
        act: (batch, excludeShown) =>
          this.#agent.act(batch, {
            scale: this.#testScale,
            excludeShown,
            random: protocol.acting === 'sampled' ? stream : null,
          }).actions,
      },
      users,
    );
    const metrics = evaluateEpisodes(played, this.#catalogue);
    for (const [name, value] of Object.entries(metrics)) {
      if (value !== null) log(`${prefix}/${name}`, this.#epoch, value);
    }
    if (this.#model === null) return;
    const diagnostics = {
      ...recommendationDiagnostics(dataset, this.#model, played),
      ...recommendationShares(dataset, this.#catalogue.tags, played),
    };
    for (const [name, value] of Object.entries(diagnostics)) {
      log(`${prefix === 'eval' ? 'diagnostics' : 'final/diagnostics'}/${name}`, this.#epoch, value);
    }
  }

  get #testScale(): RewardScale {
    const truth = this.#context.dataset.groundTruth;
    if (this.#config.testRewardScale === 'simulation' || truth === null) {
      return this.#simulatedScale;
    }
    return (this.#truthScale ??= rangeOf(truth.rewardsUI));
  }
  #truthScale: RewardScale | undefined;

  state(): PartState {
    return {
      tensors: this.#agent.tensors(),
      values: { epoch: this.#epoch, totals: { ...this.#totals } },
    };
  }

  restore(state: PartState): void {
    this.#agent.load(state.tensors);
    this.#epoch = state.values['epoch'] as number;
    this.#totals = { ...(state.values['totals'] as EpochTotals) };
  }

  inspectPolicy(): PolicyInspector {
    return new ModelBasedInspector({
      agent: this.#agent,
      scale: this.#testScale,
      window: this.#config.window,
      model: this.#model,
      reward: this.#reward,
    });
  }

  dispose(): void {
    this.#agent.dispose();
  }
}

function createTracker(
  context: RunContext,
  config: ModelBasedConfig,
  model: RewardModel | null,
): AverageTracker {
  const { dataset, random } = context;
  const stream = random.stream('tracker/initial');
  const embeddingSize =
    model?.itemEmbeddingSize ?? config.embeddingSize * (1 + dataset.itemFeatures.length);
  let itemEmbeddings = model?.itemEmbeddings;
  if (itemEmbeddings === undefined || config.itemEmbeddings === 'random') {
    itemEmbeddings = new Float32Array(dataset.items * embeddingSize);
    stream.fillNormal(itemEmbeddings, 0.01);
  }
  return new AverageTracker('tracker', {
    items: dataset.items,
    embeddingSize,
    window: config.window,
    itemEmbeddings,
    userInState:
      config.userInState === 'id'
        ? { users: dataset.users, embeddingSize: config.userEmbeddingSize }
        : null,
    random: stream,
  });
}

function rangeOf(values: Float32Array): RewardScale {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
