import type { Feed } from '#engine/compute/compile-step.ts';
import { normal } from '#engine/compute/initialisers.ts';
import { ParameterSet, type Parameter } from '#engine/compute/parameters.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';

/** The tracker's inputs for a batch of moments, one row each, newest entry first. */
export interface TrackerWindows {
  /** Item of each entry; `items` (the extra row) is the artificial first entry. [rows, window] */
  readonly items: Int32Array;
  /** Reward of each entry scaled to at most 1; the first entry has 1. [rows, window] */
  readonly rewards: Float32Array;
  /** 1 / live entries for live entries, else 0. [rows, window] */
  readonly shares: Float32Array;
  /** User of each moment, [rows]. */
  readonly users: Int32Array;
}

/** Items and rewards of episodes so far, [episodes, maxLength] row-major. */
export interface EpisodeHistories {
  readonly users: Int32Array;
  readonly itemsET: Int32Array;
  readonly rewardsET: Float32Array;
  readonly maxLength: number;
}

/** Scales a reward for the state: min(1, (r − low) / (high − low)). */
export interface RewardScale {
  readonly low: number;
  readonly high: number;
}

/**
 * The average state tracker of DORL: s_t is the mean over the live entries among the last `window` of
 * [item embedding ⊕ scaled reward]. The episode begins with one artificial entry of its own embedding and
 * reward 1. The user's identity enters only when asked for, as an embedding appended to the state.
 */
export class AverageTracker {
  readonly parameters: ParameterSet;
  readonly window: number;
  readonly items: number;
  readonly stateSize: number;
  readonly #embeddings: Parameter;
  readonly #userEmbeddings: Parameter | null;

  /** @param itemEmbeddings initial embeddings, [items, embeddingSize] row-major */
  constructor(
    scope: string,
    options: {
      items: number;
      embeddingSize: number;
      window: number;
      itemEmbeddings: Float32Array;
      userInState: { users: number; embeddingSize: number } | null;
      random: RandomStream;
    },
  ) {
    const { items, embeddingSize, window, itemEmbeddings, userInState, random } = options;
    const initial = new Float32Array((items + 1) * embeddingSize);
    initial.set(itemEmbeddings);
    random.fillNormal(initial.subarray(items * embeddingSize), 0.01);
    this.parameters = new ParameterSet(scope);
    this.window = window;
    this.items = items;
    this.stateSize = embeddingSize + 1 + (userInState?.embeddingSize ?? 0);
    this.#embeddings = this.parameters.create('items', [items + 1, embeddingSize], initial);
    this.#userEmbeddings = this.#createUserEmbeddings(userInState, random);
  }

  #createUserEmbeddings(
    userInState: { users: number; embeddingSize: number } | null,
    random: RandomStream,
  ): Parameter | null {
    if (userInState === null) return null;
    const shape = [userInState.users, userInState.embeddingSize];
    return this.parameters.create('users', shape, normal(random, shape, 0.1));
  }

  /**
   * @param feeds `items` [rows · window], `rewards` and `shares` [rows, window], `users` [rows]
   * @returns states, [rows, stateSize]
   */
  forward(feeds: Readonly<Record<string, tf.Tensor>>): tf.Tensor2D {
    const shares = feeds['shares'] as tf.Tensor2D;
    const [rows, window] = shares.shape;
    const [, embeddingSize] = this.#embeddings.shape;
    const entries = this.#embeddings.gather(feeds['items'] as tf.Tensor1D);
    const weighted = entries.reshape([rows, window, embeddingSize!]).mul(shares.expandDims(2));
    const parts = [weighted.sum(1), feeds['rewards']!.mul(shares).sum(1, true)];
    if (this.#userEmbeddings !== null) {
      parts.push(this.#userEmbeddings.gather(feeds['users'] as tf.Tensor1D));
    }
    return tf.concat(parts, 1) as tf.Tensor2D;
  }

  /** Buffers for `rows` windows. */
  windows(rows: number): TrackerWindows {
    return {
      items: new Int32Array(rows * this.window),
      rewards: new Float32Array(rows * this.window),
      shares: new Float32Array(rows * this.window),
      users: new Int32Array(rows),
    };
  }

  /** Writes the window of `episode` before its action at `turn` into row `row` of `out`. */
  writeWindow(
    out: TrackerWindows,
    row: number,
    episodes: EpisodeHistories,
    episode: number,
    turn: number,
    scale: RewardScale,
  ): void {
    const start = episode * episodes.maxLength;
    out.users[row] = episodes.users[episode]!;
    const live = Math.min(this.window, turn + 1);
    const span = scale.high - scale.low;
    for (let entry = 0; entry < this.window; entry++) {
      const at = row * this.window + entry;
      const past = turn - 1 - entry;
      if (past >= 0) {
        out.items[at] = episodes.itemsET[start + past]!;
        out.rewards[at] = Math.min(1, (episodes.rewardsET[start + past]! - scale.low) / span);
      } else {
        out.items[at] = this.items;
        out.rewards[at] = 1;
      }
      out.shares[at] = entry < live ? 1 / live : 0;
    }
  }

  /** The windows as feeds of `forward`; users only when they are part of the state. */
  feeds(windows: TrackerWindows): Record<string, Feed> {
    const rows = windows.users.length;
    const feeds: Record<string, Feed> = {
      items: { data: windows.items, shape: [rows * this.window] },
      rewards: { data: windows.rewards, shape: [rows, this.window] },
      shares: { data: windows.shares, shape: [rows, this.window] },
    };
    if (this.#userEmbeddings !== null) feeds['users'] = { data: windows.users, shape: [rows] };
    return feeds;
  }
}
