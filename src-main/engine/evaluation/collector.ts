import { OffrecError } from '#contract/errors.ts';
import type { Protocol } from '#contract/protocol.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import type { Dataset } from '#engine/data/dataset.ts';
import { exitRuleOf } from '#engine/environments/exit-rule.ts';
import { LockstepEpisodes } from '#engine/environments/lockstep.ts';
import { MatrixReward } from '#engine/rewards/reward-source.ts';
import { protocolObstacle } from './protocol.ts';

/** Chooses the next item of every running episode. */
export interface ActingPolicy {
  /** Most episodes that `act` takes at once. */
  readonly batchSize: number;
  /**
   * @param episodes the episodes with their histories; ended ones are ignored
   * @param excludeShown true when an item that an episode has shown may not be shown again
   * @returns an item for each episode, [count]; entries of ended episodes mean nothing
   */
  act(episodes: LockstepEpisodes, excludeShown: boolean): Int32Array;
}

/** Finished episodes: what was shown to whom, and what it was worth. */
export interface EpisodeLog {
  readonly maxLength: number;
  readonly users: Int32Array;
  readonly lengths: Int32Array;
  /** [episodes, maxLength] row-major; entries past an episode's length mean nothing. */
  readonly itemsET: Int32Array;
  readonly rewardsET: Float32Array;
}

/**
 * Users of `count` episodes. `random`: drawn uniformly with replacement, as published. `stratified`: every
 * user equally often, the remainder without replacement; returns of users differ more than those of methods.
 */
export function drawUsers(
  users: number,
  count: number,
  how: Protocol['users'],
  random: RandomStream,
): Int32Array {
  const drawn = new Int32Array(count);
  if (how === 'random') {
    random.fillIntegers(drawn, users);
    return drawn;
  }
  const order = Int32Array.from({ length: users }, (_, user) => user);
  random.shuffle(order);
  for (let episode = 0; episode < count; episode++) drawn[episode] = order[episode % users]!;
  return drawn;
}

/**
 * Runs one episode for each of `users` in the ground-truth environment under the protocol's rules.
 * @throws OffrecError `invalid-input` when dataset and protocol do not fit
 */
export function collectEpisodes(
  dataset: Dataset,
  protocol: Protocol,
  policy: ActingPolicy,
  users: Int32Array,
): EpisodeLog {
  const obstacle = protocolObstacle(protocol, dataset);
  if (obstacle !== null || dataset.groundTruth === null) {
    throw new OffrecError('invalid-input', obstacle ?? 'no ground truth', {
      where: `dataset ${dataset.manifest.name}`,
      hint: 'import it with a ground truth (for a log: --set groundTruth=rebuild)',
    });
  }
  const { maxLength } = protocol;
  const log: EpisodeLog = {
    maxLength,
    users,
    lengths: new Int32Array(users.length),
    itemsET: new Int32Array(users.length * maxLength),
    rewardsET: new Float32Array(users.length * maxLength),
  };
  const count = Math.min(policy.batchSize, users.length);
  const episodes = new LockstepEpisodes({
    count,
    maxLength,
    rewards: new MatrixReward(dataset.groundTruth.rewardsUI, dataset.items),
    exitRule: exitRuleOf(dataset, protocol),
  });
  const excludeShown = protocol.repeats === 'removed';
  for (let first = 0; first < users.length; first += count) {
    const batch = users.subarray(first, Math.min(first + count, users.length));
    playOut(episodes, batch, policy, excludeShown);
    log.lengths.set(episodes.lengths.subarray(0, batch.length), first);
    log.itemsET.set(episodes.itemsET.subarray(0, batch.length * maxLength), first * maxLength);
    log.rewardsET.set(episodes.rewardsET.subarray(0, batch.length * maxLength), first * maxLength);
  }
  return log;
}

function playOut(
  episodes: LockstepEpisodes,
  users: Int32Array,
  policy: ActingPolicy,
  excludeShown: boolean,
): void {
  episodes.reset(users);
  while (episodes.running > 0) episodes.step(policy.act(episodes, excludeShown));
}
