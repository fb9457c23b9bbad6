import { tf } from '../tf.ts';
import { dataType } from './binding.ts';
import { attribute, operation, typeNumber } from './operation.ts';

type Inputs = Record<string, tf.TensorInfo>;
type Kernel = (inputs: Inputs, attributes: Record<string, unknown>) => tf.Tensor;

/** Kernels of tfjs that TensorFlow does faster by another operation with the same meaning. */
const kernels: Record<string, Kernel> = {
  // tfjs-node leaves out the type, which a recorded graph must have.
  ExpandDims: ({ input }, { dim }) => {
    const axis = tf.tensor1d([dim as number], 'int32');
    const types = [
      attribute.type('T', typeNumber(input!.dtype)),
      attribute.type('Tdim', typeNumber('int32')),
    ];
    const expanded = operation('ExpandDims', types, [input!, axis]);
    axis.dispose();
    return expanded;
  },
  // TensorFlow's batched product is slower than the plain one where there is no batch.
  BatchMatMul: ({ a, b }, { transposeA, transposeB }) =>
    multiply(a!, b!, transposeA === true, transposeB === true),
  // Adding a vector along the last axis is TensorFlow's BiasAdd, which it also fuses with a product.
  Add: ({ a, b }) => {
    const type = attribute.type('T', typeNumber(tf.upcastType(a!.dtype, b!.dtype)));
    const isBias = a!.dtype === 'float32' && a!.shape.length >= 2 && b!.shape.length === 1;
    if (isBias && a!.shape.at(-1) === b!.shape[0]) return operation('BiasAdd', [type], [a!, b!]);
    return operation('AddV2', [type], [a!, b!]);
  },
  // tfjs-node reads the indices back to check them; TensorFlow checks them itself.
  GatherV2: ({ x, indices }, { axis, batchDims }) =>
    operation(
      'GatherV2',
      [
        attribute.int('batch_dims', Number(batchDims)),
        attribute.type('Tparams', typeNumber(x!.dtype)),
        attribute.type('Tindices', typeNumber(indices!.dtype)),
        attribute.type('Taxis', dataType.int32),
      ],
      [x!, indices!, tf.scalar(Number(axis), 'int32')],
    ),
};

function multiply(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): tf.Tensor {
  const type = attribute.type('T', typeNumber(a.dtype));
  if (a.shape.length === 2 && b.shape.length === 2) {
    const transposes = [
      attribute.bool('transpose_a', transposeA),
      attribute.bool('transpose_b', transposeB),
    ];
    return operation('MatMul', [type, ...transposes], [a, b]);
  }
  const adjoints = [attribute.bool('adj_x', transposeA), attribute.bool('adj_y', transposeB)];
  return operation('BatchMatMulV2', [type, ...adjoints], [a, b]);
}

/** Replaces kernels of tfjs-node; models written in ordinary tfjs become faster by it. */
export function registerNativeKernels(): void {
  for (const [kernelName, run] of Object.entries(kernels)) {
    tf.unregisterKernel(kernelName, 'tensorflow');
    tf.registerKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: ({ inputs, attrs }) =>
        tf.tidy(() => run(inputs as Inputs, attrs as Record<string, unknown>)),
    });
  }
}
