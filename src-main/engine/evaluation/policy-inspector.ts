import type { RandomStream } from '#engine/compute/random.ts';
import type { LockstepEpisodes } from '#engine/environments/lockstep.ts';

/** A number that helps to understand a decision. */
export interface Quantity {
  readonly name: string;
  readonly title: string;
  /** As in the paper; null when it has none. */
  readonly symbol: string | null;
}

/** What a policy makes of the present moment of one episode. */
export interface Consideration {
  /** The item that it shows next. */
  readonly item: number;
  /** π(item | state) of every item, [items]; 0 for what may not be shown. */
  readonly probabilitiesI: Float32Array;
  /** In the order of `stateQuantities`. */
  readonly state: readonly number[];
}

/** A learned policy, opened to be looked at. Episodes hold one episode that has not ended. */
export interface PolicyInspector {
  readonly stateQuantities: readonly Quantity[];
  readonly itemQuantities: readonly Quantity[];
  /**
   * Chooses as in an evaluation with the same random stream.
   * @param options.random stream of the sampling; null acts greedily
   */
  consider(
    episodes: LockstepEpisodes,
    options: { excludeShown: boolean; random: RandomStream | null },
  ): Consideration;
  /** What showing an item next would be worth, in the order of `itemQuantities`; null where nothing is known. */
  judge(episodes: LockstepEpisodes, item: number): readonly (number | null)[];
}
