import { tf } from '../tf.ts';
import { floats, replaceKernel, required, type KernelCall } from './heap.ts';

interface PoolAttributes {
  filterSize: [number, number] | number;
  strides: [number, number] | number;
  pad: 'valid' | 'same' | number;
  dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

type PoolInfo = ReturnType<typeof tf.backend_util.computePool2DInfo>;

/** Index of the first largest value in the window of one output element, -1 for an empty window. */
function largest(
  values: Float32Array,
  info: PoolInfo,
  [batch, outRow, outColumn, channel]: number[],
): number {
  const firstRow = (outRow as number) * info.strideHeight - info.padInfo.top;
  const firstColumn = (outColumn as number) * info.strideWidth - info.padInfo.left;
  let best = -1;
  for (let row = Math.max(firstRow, 0); row < firstRow + info.filterHeight; row++) {
    if (row >= info.inHeight) break;
    for (let column = Math.max(firstColumn, 0); column < firstColumn + info.filterWidth; column++) {
      if (column >= info.inWidth) break;
      const pixel = ((batch as number) * info.inHeight + row) * info.inWidth + column;
      const index = pixel * info.inChannels + (channel as number);
      if (best < 0 || (values[index] as number) > (values[best] as number)) best = index;
    }
  }
  return best;
}

/**
 * Gradient of the two-dimensional maximum: each window's slope goes to the first of its largest inputs.
 * The backend's own kernel mixes up the channels.
 */
function maximumGradient(call: KernelCall<PoolAttributes>): tf.TensorInfo {
  const { inputs, attributes, backend } = call;
  const input = required(inputs, 'input');
  const info = tf.backend_util.computePool2DInfo(
    input.shape as [number, number, number, number],
    attributes.filterSize,
    attributes.strides,
    1,
    attributes.pad,
    attributes.dimRoundingMode,
  );
  const out = backend.makeOutput(input.shape, 'float32');
  const slopes = floats(backend, required(inputs, 'dy'));
  const sums = floats(backend, out).fill(0);
  const values = floats(backend, input);
  let position = 0;
  for (let batch = 0; batch < info.batchSize; batch++) {
    for (let row = 0; row < info.outHeight; row++) {
      for (let column = 0; column < info.outWidth; column++) {
        for (let channel = 0; channel < info.inChannels; channel++) {
          const index = largest(values, info, [batch, row, column, channel]);
          if (index >= 0) sums[index] = (sums[index] as number) + (slopes[position] as number);
          position++;
        }
      }
    }
  }
  return out;
}

export function registerPoolingGradient(): void {
  replaceKernel<PoolAttributes>(tf.MaxPoolGrad, maximumGradient);
}
