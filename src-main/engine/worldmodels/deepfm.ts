import { linear } from '#engine/compute/fused.ts';
import { normal, zeros } from '#engine/compute/initialisers.ts';
import { ParameterSet, type Parameter } from '#engine/compute/parameters.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';

export interface DeepFmShape {
  /** Rows of the shared embedding table. */
  readonly rows: number;
  readonly fields: number;
  readonly embeddingSize: number;
  readonly hidden: readonly number[];
  readonly output: 'identity' | 'sigmoid';
  /** Standard deviation of all initial weights. */
  readonly initialDeviation: number;
}

/** Prediction of a batch: mean and log-variance, both [batch]. */
export interface DeepFmOutput {
  readonly mean: tf.Tensor1D;
  readonly logVariance: tf.Tensor1D;
}

/** log σ² stays within (−10, 0.5). */
const logVarianceBounds = { low: -10, high: 0.5 };

/**
 * DeepFM with a head for the variance (the user model of DORL):
 *   linear = Σ_f w_f[id],   fm = ½ Σ_d [(Σ_f e_f,d)² − Σ_f e_f,d²],   h = relu(W₂ relu(W₁ x + b₁) + b₂)
 *   ŷ = out(linear + fm + w_lastᵀ h + b),   log σ² = softclamp(w_varᵀ h)
 */
export class DeepFm {
  readonly parameters: ParameterSet;
  readonly shape: DeepFmShape;
  readonly #embeddings: Parameter;
  readonly #linearWeights: Parameter;
  readonly #hidden: readonly { weight: Parameter; bias: Parameter }[];
  readonly #meanHead: Parameter;
  readonly #varianceHead: Parameter;
  readonly #outputBias: Parameter;

  constructor(scope: string, shape: DeepFmShape, random: RandomStream) {
    const { rows, fields, embeddingSize, hidden, initialDeviation } = shape;
    const set = new ParameterSet(scope);
    const weights = (name: string, dimensions: readonly number[]) =>
      set.create(name, dimensions, normal(random, dimensions, initialDeviation));
    this.parameters = set;
    this.shape = shape;
    this.#embeddings = weights('embeddings', [rows, embeddingSize]);
    this.#linearWeights = weights('linear', [rows, 1]);
    const widths = [fields * embeddingSize, ...hidden];
    this.#hidden = hidden.map((width, layer) => ({
      weight: weights(`hidden-${layer}/weight`, [widths[layer]!, width]),
      bias: set.create(`hidden-${layer}/bias`, [width], zeros([width])),
    }));
    const last = widths.at(-1)!;
    this.#meanHead = weights('mean', [last, 1]);
    this.#varianceHead = weights('variance', [last, 1]);
    this.#outputBias = set.create('bias', [1], zeros([1]));
  }

  /** @param codes embedding rows of the batch's fields, [batch · fields] row-major */
  forward(codes: tf.Tensor1D): DeepFmOutput {
    const { fields, embeddingSize, output } = this.shape;
    const batch = codes.shape[0] / fields;
    const embedded = this.#embeddings
      .gather(codes)
      .reshape([batch, fields * embeddingSize]) as tf.Tensor2D;
    const firstOrder = this.#linearWeights.gather(codes).reshape([batch, fields]).sum(1);
    const ofSum = embedded.matMul(sumOverFields(fields, embeddingSize)).square().sum(1);
    const sumOf = embedded.square().sum(1);
    const secondOrder = ofSum.sub(sumOf).mul(0.5);
    let hidden: tf.Tensor2D = embedded;
    for (const { weight, bias } of this.#hidden) {
      hidden = linear(hidden, weight.read() as tf.Tensor2D, bias.read() as tf.Tensor1D, 'relu');
    }
    const deep = hidden.matMul(this.#meanHead.read()).reshape([batch]);
    const sum = tf.addN([firstOrder, secondOrder, deep]).add(this.#outputBias.read());
    const raw = hidden.matMul(this.#varianceHead.read()).reshape([batch]);
    return {
      mean: (output === 'sigmoid' ? sum.sigmoid() : sum) as tf.Tensor1D,
      logVariance: softClamp(raw as tf.Tensor1D),
    };
  }

  /**
   * ½-free sum of squares: `embeddings·(‖E‖² + ‖w‖²) + all·‖every parameter‖²`, added once a batch.
   */
  regularisation(weights: { embeddings: number; all: number }): tf.Scalar {
    const tables = [this.#embeddings, this.#linearWeights];
    const terms = this.parameters.list().map((parameter) => {
      const weight = weights.all + (tables.includes(parameter) ? weights.embeddings : 0);
      return parameter.read().square().sum().mul(weight);
    });
    return tf.addN(terms) as tf.Scalar;
  }

  /** The embedding table's values, [rows, embeddingSize] row-major. */
  embeddingValues(): Float32Array {
    return this.#embeddings.values();
  }

  dispose(): void {
    this.parameters.dispose();
  }
}

/**
 * [fields · size, size] matrix that adds up the fields' embeddings: a product is several times as fast as a
 * sum over the middle axis, and so is its gradient.
 */
function sumOverFields(fields: number, size: number): tf.Tensor2D {
  const values = new Float32Array(fields * size * size);
  for (let row = 0; row < fields * size; row++) values[row * size + (row % size)] = 1;
  return tf.tensor2d(values, [fields * size, size]);
}

/** s ← high − softplus(high − s), then s ← low + softplus(s − low). */
export function softClamp(raw: tf.Tensor1D): tf.Tensor1D {
  const { low, high } = logVarianceBounds;
  const below = tf.sub(high, tf.softplus(tf.sub(high, raw)));
  return tf.add(low, tf.softplus(tf.sub(below, low)));
}

/**
 * Gaussian negative log-likelihood up to constants, summed over rows with weights:
 * Σ_b w_b [ (ŷ_b − y_b)² e^{−lv_b} + lv_b ].
 */
export function gaussianLoss(
  prediction: DeepFmOutput,
  targets: tf.Tensor1D,
  weights: tf.Tensor1D,
): tf.Scalar {
  const { mean, logVariance } = prediction;
  const squared = mean.sub(targets).square();
  return squared.mul(logVariance.neg().exp()).add(logVariance).mul(weights).sum();
}
