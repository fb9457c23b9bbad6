import { Caser } from '#engine/backbones/caser.ts';
import { NextItNet } from '#engine/backbones/nextitnet.ts';
import { SasRec } from '#engine/backbones/sasrec.ts';
import { crossEntropyLinear, gruSequence, linear } from '#engine/compute/fused.ts';
import { normal, torchLinear } from '#engine/compute/initialisers.ts';
import { ParameterSet, type Parameter } from '#engine/compute/parameters.ts';
import { RandomStreams, type RandomStream } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';
import type { TrainingStep } from './index.ts';
import { adamStep, integers } from './training.ts';

const batch = 256;
const time = 10;
const width = 64;
const items = 26_702;

/** The part between the item vectors and the head: [batch, time, width] → [batch, width]. */
interface Body {
  readonly parameters: ParameterSet;
  forward(vectors: tf.Tensor3D): tf.Tensor2D;
}

interface Layer {
  readonly weight: Parameter;
  readonly bias: Parameter;
}

function layer(
  set: ParameterSet,
  random: RandomStream,
  name: string,
  shape: readonly [number, number],
): Layer {
  const initial = torchLinear(random, shape);
  return {
    weight: set.create(`${name}/weight`, shape, initial.weight),
    bias: set.create(`${name}/bias`, [shape[1]], initial.bias),
  };
}

function sasRec(random: RandomStream): Body {
  const backbone = new SasRec('body', { width, time, random });
  const { parameters } = backbone;
  return { parameters, forward: (vectors) => backbone.forward({ vectors, lengths: null }) };
}

function nextItNet(random: RandomStream): Body {
  const backbone = new NextItNet('body', { width, dilations: [1, 2, 1, 2, 1, 2], random });
  const { parameters } = backbone;
  return { parameters, forward: (vectors) => backbone.forward({ vectors, lengths: null }) };
}

/** Caser's features brought back to the item vectors' width, so that all heads have the same size. */
function caser(random: RandomStream): Body {
  const backbone = new Caser('body', { width, time, heights: [2, 3, 4], filters: 16, random });
  const { parameters, stateSize } = backbone;
  const reduce = layer(parameters, random, 'reduce', [stateSize, width]);
  return {
    parameters,
    forward: (vectors) => {
      const features = backbone.forward({ vectors, lengths: null });
      return linear(features, reduce.weight.read(), reduce.bias.read(), 'relu');
    },
  };
}

/** The form of the GRU that PyTorch has a kernel for. */
function gru(random: RandomStream): Body {
  const parameters = new ParameterSet('body');
  const input = layer(parameters, random, 'input', [width, 3 * width]);
  const hidden = layer(parameters, random, 'hidden', [width, 3 * width]);
  return {
    parameters,
    forward: (vectors) => {
      const states = gruSequence(vectors, {
        inputWeight: input.weight.read(),
        inputBias: input.bias.read(),
        hiddenWeight: hidden.weight.read(),
        hiddenBias: hidden.bias.read(),
      });
      return states.at(-1)!;
    },
  };
}

export const sequenceBodies = { sasrec: sasRec, gru: gru, nextitnet: nextItNet, caser: caser };
export type SequenceKind = keyof typeof sequenceBodies;

/** Item vectors → body → softmax over all items, mean cross-entropy of the next item, Adam. */
export function makeSequenceModel(kind: SequenceKind): TrainingStep {
  const random = new RandomStreams(3).stream(kind);
  const { parameters, forward } = sequenceBodies[kind](random);
  const tableShape = [items + 1, width];
  const table = parameters.create('items', tableShape, normal(random, tableShape, 0.01));
  const head = layer(parameters, random, 'head', [width, items]);
  const feeds = {
    histories: integers(random, batch * time, items),
    next: integers(random, batch, items),
  };
  return adamStep(kind, parameters, feeds, ({ histories, next }) => {
    const vectors = tf.reshape(table.gather(histories as tf.Tensor1D), [batch, time, width]);
    const state = forward(vectors as tf.Tensor3D);
    const rowScale = tf.fill([batch], 1 / batch) as tf.Tensor1D;
    const labels = next as tf.Tensor1D;
    return crossEntropyLinear(state, head.weight.read(), head.bias.read(), labels, rowScale);
  });
}
