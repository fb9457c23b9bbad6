import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caser } from '#engine/backbones/caser.ts';
import { Gru } from '#engine/backbones/gru.ts';
import type { Backbone } from '#engine/backbones/history.ts';
import { NextItNet } from '#engine/backbones/nextitnet.ts';
import { SasRec } from '#engine/backbones/sasrec.ts';
import { compileStep, withEager, type Feed } from '#engine/compute/compile-step.ts';
import { openDevice, type Device } from '#engine/compute/device.ts';
import { valueAndGradients } from '#engine/compute/gradients.ts';
import { Adam } from '#engine/compute/optimisers.ts';
import { ParameterSet } from '#engine/compute/parameters.ts';
import { RandomStreams, type RandomStream } from '#engine/compute/random.ts';
import { tf } from '#engine/compute/tf.ts';

interface PlainTensor {
  shape: number[];
  data: number[];
}

interface Case {
  vectors: PlainTensor;
  parameters: Record<string, PlainTensor>;
  slope: PlainTensor;
  states: PlainTensor;
  vectorsGradient: PlainTensor;
  gradients: Record<string, PlainTensor>;
}

interface Fixture {
  lengths: number[];
  cases: Record<string, { full: Case; padded: Case }>;
}

/** Computed by PyTorch in float64; made by make.py beside it. */
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/backbones/backbones.json', import.meta.url), 'utf8'),
) as Fixture;
const [batch, time, width] = [4, 6, 4];

type Made = Backbone & { parameters: ParameterSet };
const makers: Record<string, (random: RandomStream) => Made> = {
  gru: (random) => new Gru('gru', { width, stateSize: 3, random }),
  caser: (random) => new Caser('caser', { width, time, heights: [2, 3], filters: 3, random }),
  nextitnet: (random) => new NextItNet('nextitnet', { width, dilations: [1, 2], random }),
  sasrec: (random) => new SasRec('sasrec', { width, time, random }),
};

let device: Device;
beforeAll(async () => {
  device = await openDevice({ device: 'auto', threads: 1, xla: false });
});
afterAll(() => {
  device.close();
});

function make(name: string): Made {
  return makers[name]!(new RandomStreams(1).stream(name));
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  expect(actual.length, what).toBe(expected.length);
  expected.forEach((wanted, index) => {
    const distance = Math.abs((actual[index] ?? NaN) - wanted) / Math.max(1, Math.abs(wanted));
    const shown = `${what}[${index}]: ${actual[index]} instead of ${wanted}`;
    expect(distance, shown).toBeLessThan(1e-4);
  });
}

function load(backbone: Made, parameters: Record<string, PlainTensor>): void {
  for (const [name, { data }] of Object.entries(parameters)) {
    backbone.parameters.get(name).assign(Float32Array.from(data));
  }
}

describe.each(Object.keys(makers))('the backbone %s', (name) => {
  it.each(['full', 'padded'] as const)('equals PyTorch on %s histories', (kind) => {
    const known = fixture.cases[name]![kind];
    const backbone = make(name);
    load(backbone, known.parameters);
    const embedding = new ParameterSet('input');
    const vectors = embedding.create(
      'vectors',
      known.vectors.shape,
      Float32Array.from(known.vectors.data),
    );
    const before = device.tensorCount();
    tf.tidy(() => {
      const lengths = kind === 'full' ? null : tf.tensor1d(fixture.lengths, 'int32');
      const slope = tf.tensor(known.slope.data, known.slope.shape);
      const all = [vectors, ...backbone.parameters.list()];
      const { outputs, gradients } = valueAndGradients(() => {
        const states = backbone.forward({ vectors: vectors.read(), lengths });
        return { loss: tf.sum(tf.mul(states, slope)) as tf.Scalar, states };
      }, all);
      expectClose(outputs.states.dataSync(), known.states.data, 'state');
      expectClose(gradients.get(vectors)!.dataSync(), known.vectorsGradient.data, 'vectors');
      for (const [parameter, wanted] of Object.entries(known.gradients)) {
        const gradient = gradients.get(backbone.parameters.get(parameter))!;
        expectClose(gradient.dataSync(), wanted.data, parameter);
      }
    });
    expect(device.tensorCount()).toBe(before);
    embedding.dispose();
    backbone.parameters.dispose();
  });

  it('does not depend on what stands at padded places', () => {
    const backbone = make(name);
    const states = tf.tidy(() =>
      [0, 7].map((filler) => {
        const values = new Float32Array(batch * time * width);
        new RandomStreams(2).stream('vectors').fillNormal(values);
        // The last row is an empty history: its first place is looked at by a GRU.
        for (let row = 0; row < batch - 1; row++) {
          const start = (row * time + fixture.lengths[row]!) * width;
          values.fill(filler, start, (row + 1) * time * width);
        }
        const lengths = tf.tensor1d(fixture.lengths, 'int32');
        const vectors = tf.tensor3d(values, [batch, time, width]);
        return [...backbone.forward({ vectors, lengths }).dataSync()];
      }),
    );
    expectClose(states[1]!, states[0]!, 'state');
    backbone.parameters.dispose();
  });

  it('treats full histories with and without lengths alike', () => {
    const backbone = make(name);
    const states = tf.tidy(() => {
      const values = new Float32Array(batch * time * width);
      new RandomStreams(4).stream('vectors').fillNormal(values);
      const vectors = tf.tensor3d(values, [batch, time, width]);
      const full = tf.fill([batch], time, 'int32') as tf.Tensor1D;
      return [null, full].map((lengths) => [...backbone.forward({ vectors, lengths }).dataSync()]);
    });
    expectClose(states[1]!, states[0]!, 'state');
    backbone.parameters.dispose();
  });

  it('trains recorded as it does eagerly', () => {
    const [recorded, eager] = [false, true].map((asEager) => trained(name, asEager)) as [
      ReturnType<typeof trained>,
      ReturnType<typeof trained>,
    ];
    expect(recorded.captured).toBe(device.info.device !== 'portable');
    expect(recorded.refusal).toBeNull();
    recorded.losses.forEach((loss, step) => expect(loss).toBeCloseTo(eager.losses[step]!, 5));
    expectClose(recorded.weights, eager.weights, 'weights');
    expect(recorded.losses.at(-1)!).toBeLessThan(recorded.losses[0]!);
  });
});

function trained(
  name: string,
  asEager: boolean,
): { losses: number[]; weights: number[]; captured: boolean; refusal: string | null } {
  const backbone = make(name);
  const optimiser = new Adam('adam', backbone.parameters.list(), { learningRate: 0.01 });
  const step = compileStep(`train-${name}`, ({ vectors, lengths, targets }) => {
    const { outputs, gradients } = valueAndGradients(() => {
      const states = backbone.forward({
        vectors: vectors as tf.Tensor3D,
        lengths: lengths as tf.Tensor1D,
      });
      return { loss: tf.mean(tf.squaredDifference(states, targets!)) as tf.Scalar };
    }, backbone.parameters.list());
    optimiser.apply(gradients);
    return outputs;
  });
  const stream = new RandomStreams(5).stream('data');
  const normal = (shape: number[]): Feed => {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    stream.fillNormal(data);
    return { data, shape };
  };
  const feeds = {
    vectors: normal([batch, time, width]),
    lengths: { data: Int32Array.from(fixture.lengths), shape: [batch] },
    targets: normal([batch, backbone.stateSize]),
  };
  const run = (): number => step.run(feeds)['loss']![0]!;
  const losses = Array.from({ length: 12 }, () => (asEager ? withEager(run) : run()));
  const { captured, refusal } = step;
  // Softmax ignores what is added to all keys: that bias has no gradient but rounding, which Adam scales up.
  const compared = backbone.parameters.list().filter(({ name }) => name !== 'sasrec/key/bias');
  const weights = compared.flatMap((parameter) => [...parameter.values()]);
  step.dispose();
  optimiser.dispose();
  backbone.parameters.dispose();
  return { losses, weights, captured, refusal };
}
