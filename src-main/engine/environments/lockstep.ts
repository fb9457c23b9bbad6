import type { RewardSource } from '#engine/rewards/reward-source.ts';
import type { ExitRule } from './exit-rule.ts';

/**
 * Many episodes side by side, one user each, stepped together. The ground-truth environment and the learned
 * one differ only in the source of their reward. Everything lies in typed arrays: a step of 100 episodes
 * allocates nothing.
 */
export class LockstepEpisodes {
  readonly count: number;
  readonly maxLength: number;
  /** User of each episode, [count]. */
  readonly users: Int32Array;
  /** Items shown so far, [count, maxLength] row-major. */
  readonly itemsET: Int32Array;
  /** Rewards received so far, [count, maxLength] row-major. */
  readonly rewardsET: Float32Array;
  /** Actions taken so far, [count]. */
  readonly lengths: Int32Array;
  /** 1 where the episode has ended, [count]. */
  readonly ended: Uint8Array;
  #running: number;
  readonly #rewards: RewardSource;
  readonly #exitRule: ExitRule;

  constructor(options: {
    count: number;
    maxLength: number;
    rewards: RewardSource;
    exitRule: ExitRule;
  }) {
    this.count = options.count;
    this.maxLength = options.maxLength;
    this.users = new Int32Array(this.count);
    this.itemsET = new Int32Array(this.count * this.maxLength);
    this.rewardsET = new Float32Array(this.count * this.maxLength);
    this.lengths = new Int32Array(this.count);
    this.ended = new Uint8Array(this.count);
    this.#running = 0;
    this.#rewards = options.rewards;
    this.#exitRule = options.exitRule;
  }

  /** Episodes that have not ended. */
  get running(): number {
    return this.#running;
  }

  /** Starts an episode for each of `users`; fewer users than places leave the rest ended. */
  reset(users: Int32Array): void {
    this.users.set(users);
    this.lengths.fill(0);
    this.ended.fill(1);
    this.ended.fill(0, 0, users.length);
    this.#running = users.length;
  }

  /**
   * Shows `actions[e]` to every running episode e. The reward of the step that makes the user leave still
   * counts, as in the published environments; the exit rule sees the history before the action.
   */
  step(actions: Int32Array): void {
    for (let episode = 0; episode < this.count; episode++) {
      if (this.ended[episode] === 1) continue;
      const start = episode * this.maxLength;
      const turn = this.lengths[episode]!;
      const item = actions[episode]!;
      const leaves = this.#exitRule.leaves(this.itemsET, start, turn, item);
      this.itemsET[start + turn] = item;
      this.rewardsET[start + turn] = this.#rewards.rewardOf(
        this.users[episode]!,
        this.itemsET,
        start,
        turn + 1,
      );
      this.lengths[episode] = turn + 1;
      if (leaves || turn + 1 >= this.maxLength) {
        this.ended[episode] = 1;
        this.#running--;
      }
    }
  }
}
