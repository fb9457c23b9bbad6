import { linear, maxOverTime, slidingWindows } from '#engine/compute/fused.ts';
import { constant, truncatedNormal } from '#engine/compute/initialisers.ts';
import { ParameterSet, type Parameter } from '#engine/compute/parameters.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import {
  keepAll,
  masked,
  validity,
  type Backbone,
  type Drop,
  type EmbeddedHistories,
} from './history.ts';

const initialDeviation = 0.1;
const initialBias = 0.1;

/**
 * Caser (Tang and Wang, 2018) in the form used for value-based recommendation: horizontal filters of
 * several heights over the item vectors, each ReLU and maximum over time, beside one vertical filter that
 * is a weighted sum over time with ReLU. The state is their concatenation: no dense layer, no user.
 */
export class Caser implements Backbone {
  readonly parameters: ParameterSet;
  readonly stateSize: number;
  readonly #horizontal: readonly { height: number; weight: Parameter; bias: Parameter }[];
  readonly #vertical: { weight: Parameter; bias: Parameter };

  constructor(
    scope: string,
    options: {
      width: number;
      time: number;
      heights: readonly number[];
      filters: number;
      random: RandomStream;
    },
  ) {
    const { width, time, heights, filters, random } = options;
    const set = new ParameterSet(scope);
    const layer = (name: string, shape: readonly [number, number]) => ({
      weight: set.create(`${name}/weight`, shape, truncatedNormal(random, shape, initialDeviation)),
      bias: set.create(`${name}/bias`, [shape[1]], constant([shape[1]], initialBias)),
    });
    this.parameters = set;
    this.stateSize = heights.length * filters + width;
    this.#horizontal = heights.map((height) => ({
      height,
      ...layer(`horizontal-${height}`, [height * width, filters]),
    }));
    this.#vertical = layer('vertical', [time, 1]);
  }

  forward(histories: EmbeddedHistories, drop: Drop = keepAll): tf.Tensor2D {
    const vectors = masked(histories.vectors, validity(histories));
    const maxima = this.#horizontal.map(({ height, weight, bias }) => {
      const windows = slidingWindows(vectors, height);
      return maxOverTime(linear(windows, weight.read(), bias.read(), 'relu'));
    });
    return drop(tf.concat([...maxima, this.#overTime(vectors)], 1)) as tf.Tensor2D;
  }

  /** relu(Σ_t w_t e_t + b), the same weights for every channel. [batch, time, width] → [batch, width] */
  #overTime(vectors: tf.Tensor3D): tf.Tensor2D {
    const [, time] = vectors.shape;
    const weights = tf.reshape(this.#vertical.weight.read(), [1, time, 1]);
    const sums = tf.sum(tf.mul(vectors, weights), 1);
    return tf.relu(tf.add(sums, this.#vertical.bias.read())) as tf.Tensor2D;
  }
}
