import { layerNorm, linear, type Activation } from '#engine/compute/fused.ts';
import { constant, glorotUniform, normal, zeros } from '#engine/compute/initialisers.ts';
import { ParameterSet, type Parameter } from '#engine/compute/parameters.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import {
  keepAll,
  lastValid,
  masked,
  validity,
  type Backbone,
  type Drop,
  type EmbeddedHistories,
} from './history.ts';

const epsilon = 1e-8;
/** Score of a place that must not be looked at: its softmax is exactly 0. */
const hiddenScore = -1e9;
const positionDeviation = 0.01;

interface Dense {
  readonly weight: Parameter;
  readonly bias: Parameter;
}

interface Normalisation {
  readonly gain: Parameter;
  readonly shift: Parameter;
}

/**
 * SASRec (Kang and McAuley, 2018), one block, one head:
 *   x = e + p,   q = LN(x),   a = softmax(mask(q W_Q (x W_K)' / √width)) x W_V,   y = a + q
 *   z = LN(y),   s = LN(W₂ relu(W₁ z) + z) at the last valid item
 * Keys and values come from x itself, and the residual adds the normalised input.
 */
export class SasRec implements Backbone {
  readonly parameters: ParameterSet;
  readonly stateSize: number;
  readonly #time: number;
  readonly #positions: Parameter;
  readonly #dense: Record<'query' | 'key' | 'value' | 'inner' | 'outer', Dense>;
  readonly #norms: Record<'input' | 'attended' | 'output', Normalisation>;

  constructor(scope: string, options: { width: number; time: number; random: RandomStream }) {
    const { width, time, random } = options;
    const set = new ParameterSet(scope);
    const dense = (name: string): Dense => ({
      weight: set.create(`${name}/weight`, [width, width], glorotUniform(random, [width, width])),
      bias: set.create(`${name}/bias`, [width], zeros([width])),
    });
    const norm = (name: string): Normalisation => ({
      gain: set.create(`${name}/gain`, [width], constant([width], 1)),
      shift: set.create(`${name}/shift`, [width], zeros([width])),
    });
    const positions = normal(random, [time, width], positionDeviation);
    this.parameters = set;
    this.stateSize = width;
    this.#time = time;
    this.#positions = set.create('positions', [time, width], positions);
    this.#dense = {
      query: dense('query'),
      key: dense('key'),
      value: dense('value'),
      inner: dense('inner'),
      outer: dense('outer'),
    };
    this.#norms = { input: norm('input'), attended: norm('attended'), output: norm('output') };
  }

  forward(histories: EmbeddedHistories, drop: Drop = keepAll): tf.Tensor2D {
    const valid = validity(histories);
    const placed = tf.add(histories.vectors, this.#positions.read());
    const x = masked(drop(placed) as tf.Tensor3D, valid);
    const query = normalised(x, this.#norms.input);
    const attended: tf.Tensor3D = tf.add(this.#attention(query, x, valid, drop), query);
    const inner = normalised(attended, this.#norms.attended);
    const hidden = drop(applied(inner, this.#dense.inner, 'relu')) as tf.Tensor3D;
    const outer = drop(applied(hidden, this.#dense.outer)) as tf.Tensor3D;
    const output = masked(tf.add(outer, inner), valid);
    // Only the state's own place is normalised: the others are not looked at any more.
    return normalised(lastValid(output, histories.lengths), this.#norms.output);
  }

  #attention(
    query: tf.Tensor3D,
    x: tf.Tensor3D,
    valid: tf.Tensor3D | null,
    drop: Drop,
  ): tf.Tensor3D {
    const [batch, time, width] = x.shape;
    const { query: queries, key, value } = this.#dense;
    const scores = tf.mul(
      tf.matMul(applied(query, queries), applied(x, key), false, true),
      1 / Math.sqrt(width),
    );
    const visible = tf.add(scores, futureScores(this.#time));
    const keyScores =
      valid === null ? null : tf.mul(tf.sub(1, tf.reshape(valid, [batch, 1, time])), hiddenScore);
    const weights = tf.softmax(keyScores === null ? visible : tf.add(visible, keyScores));
    const kept = drop(masked(weights as tf.Tensor3D, valid));
    return tf.matMul(kept as tf.Tensor3D, applied(x, value));
  }
}

/** 0 where a place may look, a large negative score for places after it. [time, time] */
function futureScores(time: number): tf.Tensor2D {
  const scores = new Float32Array(time * time);
  for (let place = 0; place < time; place++) {
    scores.fill(hiddenScore, place * time + place + 1, (place + 1) * time);
  }
  return tf.tensor2d(scores, [time, time]);
}

function applied(x: tf.Tensor3D, dense: Dense, activation: Activation = 'none'): tf.Tensor3D {
  return linear(x, dense.weight.read(), dense.bias.read(), activation);
}

function normalised<Input extends tf.Tensor>(x: Input, norm: Normalisation): Input {
  return layerNorm(x, norm.gain.read(), norm.shift.read(), epsilon);
}
