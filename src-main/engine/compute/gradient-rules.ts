import { attribute, operation } from './native/operation.ts';
import { isNative } from './runtime.ts';
import { tf } from './tf.ts';

type Gradient = Record<string, () => tf.Tensor>;

interface Rule {
  readonly inputsToSave?: string[];
  readonly savesOutput?: boolean;
  readonly gradient: (
    slope: tf.Tensor,
    saved: tf.Tensor[],
    attributes: Record<string, unknown>,
  ) => Gradient;
}

/** The sum of `slope` over the axes along which a tensor of this shape was repeated. */
function sumTo(slope: tf.Tensor, shape: readonly number[]): tf.Tensor {
  if (slope.shape.join() === shape.join()) return slope;
  if (isNative() && shape.length === 1 && slope.rank >= 2 && slope.shape.at(-1) === shape[0]) {
    return operation('BiasAddGrad', [attribute.float32], [slope]);
  }
  const axes = tf.broadcast_util.getReductionAxes([...shape], slope.shape);
  return tf.reshape(tf.sum(slope, axes), [...shape]);
}

/** `slope` of a reduction over `axis`, repeated to the shape that was reduced. */
function spread(slope: tf.Tensor, shape: readonly number[], axis: unknown): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis as number | number[], [...shape]);
  const kept = shape.map((length, index) => (axes.includes(index) ? 1 : length));
  return tf.broadcastTo(tf.reshape(slope, kept), [...shape]);
}

const rules: Record<string, Rule> = {
  Relu: {
    savesOutput: true,
    gradient: (slope, [y]) => ({
      x: () =>
        isNative()
          ? operation('ReluGrad', [attribute.float32], [slope, y!])
          : tf.mul(slope, tf.step(y!)),
    }),
  },
  Sigmoid: {
    savesOutput: true,
    gradient: (slope, [y]) => ({
      x: () =>
        isNative()
          ? operation('SigmoidGrad', [attribute.float32], [y!, slope])
          : tf.mul(slope, tf.mul(y!, tf.sub(1, y!))),
    }),
  },
  Tanh: {
    savesOutput: true,
    gradient: (slope, [y]) => ({
      x: () =>
        isNative()
          ? operation('TanhGrad', [attribute.float32], [y!, slope])
          : tf.mul(slope, tf.sub(1, tf.square(y!))),
    }),
  },
  Add: {
    inputsToSave: ['a', 'b'],
    gradient: (slope, [a, b]) => ({
      a: () => sumTo(slope, a!.shape),
      b: () => sumTo(slope, b!.shape),
    }),
  },
  GatherNd: {
    inputsToSave: ['params', 'indices'],
    gradient: (slope, [params, indices]) => ({
      params: () => tf.scatterND(indices!, slope, params!.shape),
      indices: () => indices!,
    }),
  },
  Sum: {
    inputsToSave: ['x'],
    gradient: (slope, [x], { axis }) => ({ x: () => spread(slope, x!.shape, axis) }),
  },
  Mean: {
    inputsToSave: ['x'],
    gradient: (slope, [x], { axis }) => ({
      x: () => spread(tf.mul(slope, slope.size / x!.size), x!.shape, axis),
    }),
  },
};

/** What has no slope but may lie between a parameter and the loss, such as the condition of `where`. */
const flat = {
  two: [tf.Greater, tf.Less, tf.LessEqual, tf.Equal, tf.NotEqual, tf.LogicalAnd, tf.LogicalOr],
  one: [tf.LogicalNot],
};

function flatRules(): Record<string, Rule> {
  const made: Record<string, Rule> = {};
  for (const kernel of flat.two) {
    made[kernel] = {
      inputsToSave: ['a', 'b'],
      gradient: (_, [a, b]) => ({ a: () => tf.zeros(a!.shape), b: () => tf.zeros(b!.shape) }),
    };
  }
  for (const kernel of flat.one) {
    made[kernel] = {
      inputsToSave: ['x'],
      gradient: (_, [x]) => ({ x: () => tf.zeros(x!.shape) }),
    };
  }
  return made;
}

/** Gathering rows, the usual case, needs none of the transpositions that tfjs prepares for other axes. */
function rowsRule(general: tf.GradConfig): Rule {
  return {
    inputsToSave: ['x', 'indices'],
    gradient: (slope, saved, attributes) => {
      const [x, indices] = saved as [tf.Tensor, tf.Tensor];
      if (Number(attributes['axis']) !== 0 || Number(attributes['batchDims']) !== 0) {
        return general.gradFunc(slope, saved, attributes as tf.NamedAttrMap) as Gradient;
      }
      return {
        x: () => {
          const rows = tf.reshape(slope, [indices.size, ...x.shape.slice(1)]);
          const flat = tf.reshape(indices, [indices.size]) as tf.Tensor1D;
          return tf.unsortedSegmentSum(rows, flat, x.shape[0] ?? 0);
        },
        indices: () => indices,
      };
    },
  };
}

/**
 * Replaces gradients of tfjs by shorter ones and adds some that it lacks. tfjs builds ReLU's slope from three comparisons, repeats a
 * sum's slope by a product with a constant of ones, and moves axes around gathers that need none of it.
 */
export function registerGradients(): void {
  const general = tf.getGradient(tf.GatherV2);
  const all: Record<string, Rule> = { ...rules, ...flatRules() };
  if (general !== undefined) all[tf.GatherV2] = rowsRule(general);
  for (const [kernelName, rule] of Object.entries(all)) {
    if (tf.getGradient(kernelName) !== undefined) tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      inputsToSave: rule.inputsToSave ?? [],
      outputsToSave: rule.savesOutput === true ? [true] : [],
      gradFunc: (slope, saved, attributes) =>
        rule.gradient(slope as tf.Tensor, saved, attributes as Record<string, unknown>),
    });
  }
}
