import { causalConvolution1d, layerNorm } from '#engine/compute/fused.ts';
import { constant, truncatedNormal, zeros } from '#engine/compute/initialisers.ts';
import { ParameterSet, type Parameter } from '#engine/compute/parameters.ts';
import type { RandomStream } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import { lastValid, masked, validity, type Backbone, type EmbeddedHistories } from './history.ts';

const kernelSize = 3;
const initialDeviation = 0.02;
const epsilon = 1e-8;

interface ConvolutionLayer {
  readonly dilation: number;
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly gain: Parameter;
  readonly shift: Parameter;
}

/**
 * NextItNet (Yuan and others, 2019): residual blocks of two causal convolutions of three taps, the first
 * with the block's dilation d, the second with 2d, each followed by layer normalisation and ReLU. The
 * state is the output at the last valid item.
 */
export class NextItNet implements Backbone {
  readonly parameters: ParameterSet;
  readonly stateSize: number;
  readonly #blocks: readonly (readonly ConvolutionLayer[])[];

  constructor(
    scope: string,
    options: { width: number; dilations: readonly number[]; random: RandomStream },
  ) {
    const { width, dilations, random } = options;
    const set = new ParameterSet(scope);
    const shape = [kernelSize * width, width];
    const layer = (name: string, dilation: number): ConvolutionLayer => ({
      dilation,
      weight: set.create(`${name}/weight`, shape, truncatedNormal(random, shape, initialDeviation)),
      bias: set.create(`${name}/bias`, [width], zeros([width])),
      gain: set.create(`${name}/gain`, [width], constant([width], 1)),
      shift: set.create(`${name}/shift`, [width], zeros([width])),
    });
    this.parameters = set;
    this.stateSize = width;
    this.#blocks = dilations.map((dilation, block) => [
      layer(`block-${block}/first`, dilation),
      layer(`block-${block}/second`, 2 * dilation),
    ]);
  }

  forward(histories: EmbeddedHistories): tf.Tensor2D {
    // Convolutions want time first.
    const valid = validity(histories);
    const validTB = valid === null ? null : swapped(valid);
    let x = masked(swapped(histories.vectors), validTB);
    for (const layers of this.#blocks) {
      let residual = x;
      for (const layer of layers) residual = normalisedConvolution(residual, layer);
      x = masked(tf.add(x, residual), validTB);
    }
    return lastValid(swapped(x), histories.lengths);
  }
}

/** Its first two axes exchanged. */
function swapped(x: tf.Tensor3D): tf.Tensor3D {
  return tf.transpose(x, [1, 0, 2]);
}

/** x [time, batch, width] → as x. */
function normalisedConvolution(x: tf.Tensor3D, layer: ConvolutionLayer): tf.Tensor3D {
  const { weight, bias, gain, shift, dilation } = layer;
  const convolved = causalConvolution1d(x, weight.read(), bias.read(), dilation);
  return tf.relu(layerNorm(convolved, gain.read(), shift.read(), epsilon));
}
