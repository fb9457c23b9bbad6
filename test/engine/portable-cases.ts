import { tf } from '#engine/compute/tf.ts';
import { networkCases } from './portable-network-cases.ts';
import { as2D, as3D, ids, int, type OperationCase } from './portable-operands.ts';

type Unary = (x: tf.Tensor) => tf.Tensor;
const unary: Record<string, Unary> = {
  abs: tf.abs,
  ceilThenAdd: (x) => tf.add(tf.ceil(x), x),
  clip: (x) => tf.clipByValue(x, -0.5, 0.7),
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  identity: tf.clone,
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  logSigmoid: tf.logSigmoid,
  logSoftmax: (x) => tf.logSoftmax(x),
  negate: tf.neg,
  relu: tf.relu,
  relu6: tf.relu6,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sign: (x) => tf.mul(tf.sign(x), x),
  sine: tf.sin,
  cosine: tf.cos,
  softmax: (x) => tf.softmax(x),
  softplus: tf.softplus,
  square: tf.square,
  step: (x) => tf.mul(tf.step(x), x),
  tanh: tf.tanh,
};

const positive: Record<string, Unary> = {
  log: tf.log,
  log1p: tf.log1p,
  power: (x) => tf.pow(x, 3),
  reciprocal: tf.reciprocal,
  rsqrt: tf.rsqrt,
  sqrt: tf.sqrt,
};

const binary: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  add: tf.add,
  divide: (a, b) => tf.div(a, tf.add(b, 3)),
  multiply: tf.mul,
  subtract: tf.sub,
};

const reductions: Record<string, (x: tf.Tensor, axis?: number | number[]) => tf.Tensor> = {
  max: tf.max,
  mean: tf.mean,
  min: tf.min,
  prod: tf.prod,
  sum: tf.sum,
  logSumExp: tf.logSumExp,
};

const axes: (number | number[] | undefined)[] = [undefined, 0, 1, 2, [0, 2], [1, 2]];

function elementwise(): OperationCase[] {
  return [
    ...Object.entries(unary).map(([name, run]) => ({
      name,
      shapes: [[3, 5]],
      run: (x: tf.Tensor) => run(x),
    })),
    ...Object.entries(positive).map(([name, run]) => ({
      name,
      shapes: [[3, 5]],
      range: [0.2, 2] as const,
      run: (x: tf.Tensor) => run(x),
    })),
    ...Object.entries({ maximum: tf.maximum, minimum: tf.minimum }).map(([name, run]) => ({
      name,
      shapes: [
        [3, 5],
        [3, 5],
      ],
      run: (a: tf.Tensor, b: tf.Tensor) => run(a, b),
    })),
    ...Object.entries(binary).flatMap(([name, run]) =>
      [[2, 3, 4], [4], [3, 1], [1]].map((shape) => ({
        name: `${name} [2,3,4] with [${shape.join()}]`,
        shapes: [[2, 3, 4], shape],
        run: (a: tf.Tensor, b: tf.Tensor) => run(a, b),
      })),
    ),
  ] as OperationCase[];
}

function reduced(): OperationCase[] {
  return Object.entries(reductions).flatMap(([name, run]) =>
    axes.map((axis) => ({
      name: `${name} over ${axis === undefined ? 'everything' : `axis ${String(axis)}`}`,
      shapes: [[3, 4, 5]],
      run: (x: tf.Tensor) => run(x, axis),
    })),
  ) as OperationCase[];
}

function wave(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, index) => Math.sin(index));
}

function products(): OperationCase[] {
  const flags = [false, true];
  const cases: OperationCase[] = [];
  for (const transposeA of flags) {
    for (const transposeB of flags) {
      const suffix = `${transposeA ? ' A transposed' : ''}${transposeB ? ' B transposed' : ''}`;
      const shapeA = transposeA ? [37, 33] : [33, 37];
      const shapeB = transposeB ? [41, 37] : [37, 41];
      const run = (a?: tf.Tensor, b?: tf.Tensor): tf.Tensor =>
        tf.matMul(a as tf.Tensor, b as tf.Tensor, transposeA, transposeB);
      cases.push({ name: `product${suffix}`, shapes: [shapeA, shapeB], run });
      cases.push({
        name: `stacked product${suffix}`,
        shapes: [
          [3, ...shapeA],
          [3, ...shapeB],
        ],
        run,
      });
      // tfjs's gradient does not sum over a broadcast operand, so this operand is a constant.
      cases.push({
        name: `stack times one constant matrix${suffix}`,
        shapes: [[3, ...shapeA]],
        run: (a) => run(a, tf.tensor(wave(37 * 41), shapeB)),
      });
    }
  }
  cases.push({
    name: 'one matrix as the right-hand side in two shapes',
    shapes: [
      [4, 6],
      [4, 3],
      [6, 2],
    ],
    run: (a, b, c) => {
      const first = tf.matMul(as2D(c), tf.reshape(as2D(a), [2, 12]));
      const second = tf.matMul(tf.reshape(as2D(b), [2, 6]), tf.reshape(as2D(a), [6, 4]));
      return tf.add(tf.sum(first), tf.sum(second));
    },
  });
  return cases;
}

function movement(): OperationCase[] {
  return [
    { name: 'gather of rows', shapes: [[5, 3]], run: (x) => tf.gather(x as tf.Tensor, int(ids)) },
    {
      name: 'gather by a matrix of ids',
      shapes: [[5, 3]],
      run: (x) => tf.gather(x as tf.Tensor, tf.tensor2d(ids, [2, 3], 'int32')),
    },
    {
      name: 'segment sum with negative ids',
      shapes: [[6, 2]],
      run: (x) => tf.unsortedSegmentSum(x as tf.Tensor, int([1, -1, 1, 0, 4, -2]), 5),
    },
    {
      name: 'concat',
      shapes: [
        [2, 3],
        [2, 4],
      ],
      run: (a, b) => tf.concat([as2D(a), as2D(b)], 1),
    },
    {
      name: 'stack',
      shapes: [
        [2, 3],
        [2, 3],
      ],
      run: (a, b) => tf.stack([as2D(a), as2D(b)], 1),
    },
    { name: 'unstack', shapes: [[2, 3, 2]], run: (x) => weighted(tf.unstack(x as tf.Tensor, 1)) },
    { name: 'split', shapes: [[2, 6]], run: (x) => weighted(tf.split(as2D(x), 3, 1)) },
    {
      name: 'split by sizes',
      shapes: [[2, 6]],
      run: (x) => tf.concat(tf.split(as2D(x), [1, 3, 2], 1).reverse(), 1),
    },
    { name: 'slice', shapes: [[3, 4, 2]], run: (x) => tf.slice(as3D(x), [1, 0, 1], [2, 3, 1]) },
    {
      name: 'pad',
      shapes: [[2, 3]],
      run: (x) =>
        tf.pad(as2D(x), [
          [1, 0],
          [2, 1],
        ]),
    },
    { name: 'transpose', shapes: [[2, 3, 4]], run: (x) => tf.transpose(as3D(x), [2, 0, 1]) },
    { name: 'tile', shapes: [[2, 3]], run: (x) => tf.tile(as2D(x), [2, 2]) },
    { name: 'broadcastTo', shapes: [[1, 3]], run: (x) => tf.broadcastTo(as2D(x), [4, 3]) },
    { name: 'reverse', shapes: [[2, 3]], run: (x) => tf.reverse(as2D(x), 1) },
    {
      name: 'expandDims and squeeze',
      shapes: [[2, 3]],
      run: (x) => tf.squeeze(tf.expandDims(as2D(x), 1)),
    },
    { name: 'cumsum', shapes: [[3, 4]], run: (x) => tf.cumsum(as2D(x), 1) },
    {
      name: 'exclusive reverse cumsum',
      shapes: [[3, 4]],
      run: (x) => tf.cumsum(as2D(x), 1, true, true),
    },
    {
      name: 'where',
      shapes: [
        [2, 3],
        [2, 3],
      ],
      run: (a, b) => {
        const chosen = tf.tensor2d([1, 0, 0, 1, 1, 0], [2, 3], 'bool');
        return tf.where(chosen, tf.mul(as2D(a), 2), as2D(b));
      },
    },
    {
      name: 'masked by one-hot',
      shapes: [[6, 5]],
      run: (x) => tf.sum(tf.mul(as2D(x), tf.oneHot(int(ids), 5)), 1),
    },
  ];
}

/** Every part with a weight of its own, so that a gradient of one cannot pass for another's. */
function weighted(parts: tf.Tensor[]): tf.Tensor {
  return tf.addN(parts.map((part, index) => tf.mul(part, index + 1)));
}

export const operationCases: readonly OperationCase[] = [
  ...elementwise(),
  ...reduced(),
  ...products(),
  ...movement(),
  ...networkCases,
];
