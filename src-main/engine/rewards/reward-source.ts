/**
 * Pays a reward for the last item of a history. `items[start .. start + length)` are the episode's items, the
 * current one included and last.
 */
export interface RewardSource {
  rewardOf(user: number, items: Int32Array, start: number, length: number): number;
}

/** Pays `rewardsUI[user, item]`, whatever came before. */
export class MatrixReward implements RewardSource {
  readonly #rewardsUI: Float32Array;
  readonly #items: number;

  /** @param rewardsUI [users, items] row-major */
  constructor(rewardsUI: Float32Array, items: number) {
    this.#rewardsUI = rewardsUI;
    this.#items = items;
  }

  rewardOf(user: number, items: Int32Array, start: number, length: number): number {
    return this.#rewardsUI[user * this.#items + items[start + length - 1]!]!;
  }
}
