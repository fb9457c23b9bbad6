import type { Protocol } from '#contract/protocol.ts';
import type { Candidate, PlayedStep } from '#contract/session.ts';
import { RandomStreams } from '#engine/compute/random.ts';
import type { Dataset } from '#engine/data/dataset.ts';
import { exitRuleOf, type ExitRule } from '#engine/environments/exit-rule.ts';
import type { LockstepEpisodes } from '#engine/environments/lockstep.ts';
import { collectEpisodes } from './collector.ts';
import type { Consideration, PolicyInspector } from './policy-inspector.ts';

export interface SessionRequest {
  /** Null draws a user from the seed. */
  readonly user: number | null;
  readonly seed: number;
  /** Candidates told at each step. */
  readonly top: number;
}

/** One session: every step with its candidates, and how it ended. */
export interface SessionTrace {
  readonly user: number;
  readonly steps: readonly PlayedStep[];
  readonly return: number;
  readonly exit: 'left' | 'length';
}

/** The streams of a played session: two policies with one seed meet the same user and the same draws. */
export function sessionStreams(seed: number) {
  const streams = new RandomStreams(seed);
  return { user: streams.stream('session/user'), acting: streams.stream('session/acting') };
}

/**
 * Plays one session in the ground truth by the evaluation's own collector, and writes down what the policy
 * considered at each step.
 * @throws OffrecError `invalid-input` when dataset and protocol do not fit
 */
export function playSession(
  dataset: Dataset,
  protocol: Protocol,
  inspector: PolicyInspector,
  request: SessionRequest,
): SessionTrace {
  const streams = sessionStreams(request.seed);
  const drawn = streams.user.integer(dataset.users);
  const user = request.user ?? drawn;
  const random = protocol.acting === 'sampled' ? streams.acting : null;
  const witness = new Witness(dataset, exitRuleOf(dataset, protocol), inspector, request.top);
  const log = collectEpisodes(
    dataset,
    protocol,
    {
      batchSize: 1,
      act(episodes, excludeShown) {
        const considered = inspector.consider(episodes, { excludeShown, random });
        witness.note(episodes, considered);
        return Int32Array.of(considered.item);
      },
    },
    Int32Array.of(user),
  );
  const { steps } = witness;
  const paid = log.rewardsET.subarray(0, log.lengths[0]);
  return {
    user,
    steps,
    return: paid.reduce((sum, reward) => sum + reward, 0),
    exit: steps.at(-1)?.chosen.leaves === true ? 'left' : 'length',
  };
}

/** Writes down each step before it is taken. */
class Witness {
  readonly steps: PlayedStep[] = [];
  readonly #dataset: Dataset;
  readonly #exitRule: ExitRule;
  readonly #inspector: PolicyInspector;
  readonly #top: number;
  #return = 0;

  constructor(dataset: Dataset, exitRule: ExitRule, inspector: PolicyInspector, top: number) {
    this.#dataset = dataset;
    this.#exitRule = exitRule;
    this.#inspector = inspector;
    this.#top = top;
  }

  note(episodes: LockstepEpisodes, { item, probabilitiesI, state }: Consideration): void {
    const candidate = (each: number): Candidate => this.#candidate(episodes, each, probabilitiesI);
    const chosen = candidate(item);
    this.#return += chosen.trueReward;
    const own = probabilitiesI[item]!;
    this.steps.push({
      turn: episodes.lengths[0]!,
      chosen,
      rank: 1 + probabilitiesI.reduce((above, each) => above + (each > own ? 1 : 0), 0),
      entropy: entropyOf(probabilitiesI),
      runningReturn: this.#return,
      state,
      top: mostProbable(probabilitiesI, this.#top).map(candidate),
    });
  }

  #candidate(episodes: LockstepEpisodes, item: number, probabilitiesI: Float32Array): Candidate {
    const { items, groundTruth } = this.#dataset;
    const turn = episodes.lengths[0]!;
    return {
      item,
      probability: probabilitiesI[item]!,
      trueReward: groundTruth!.rewardsUI[episodes.users[0]! * items + item]!,
      leaves: this.#exitRule.leaves(episodes.itemsET, 0, turn, item),
      values: this.#inspector.judge(episodes, item),
    };
  }
}

/** Items by falling probability, those of probability 0 left out; ties go to the smaller index. */
function mostProbable(probabilitiesI: Float32Array, count: number): number[] {
  const possible: number[] = [];
  for (let item = 0; item < probabilitiesI.length; item++) {
    if (probabilitiesI[item]! > 0) possible.push(item);
  }
  return possible.sort((a, b) => probabilitiesI[b]! - probabilitiesI[a]! || a - b).slice(0, count);
}

/** −Σ p log p in nats. */
function entropyOf(probabilitiesI: Float32Array): number {
  return probabilitiesI.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}
