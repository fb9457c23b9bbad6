import { floats, integers, replaceKernel, required, type KernelCall } from './heap.ts';
import { tf } from '../tf.ts';

interface SegmentSumAttributes {
  numSegments: number;
}

/**
 * out[s, ...] = sum of x[n, ...] over all n with ids[n] = s, in the order of n. Negative ids are left out.
 */
function unsortedSegmentSum(call: KernelCall<SegmentSumAttributes>): tf.TensorInfo {
  const { inputs, attributes, backend } = call;
  const x = required(inputs, 'x');
  const segmentIds = required(inputs, 'segmentIds');
  const { numSegments } = attributes;
  const rowShape = x.shape.slice(segmentIds.shape.length);
  const out = backend.makeOutput([numSegments, ...rowShape], x.dtype);
  const width = tf.util.sizeFromShape(rowShape);
  const view = x.dtype === 'int32' ? integers : floats;
  addRows(view(backend, out).fill(0), view(backend, x), integers(backend, segmentIds), width);
  return out;
}

function addRows(
  sums: Float32Array | Int32Array,
  rows: Float32Array | Int32Array,
  ids: Int32Array,
  width: number,
): void {
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row] as number;
    if (id < 0) continue;
    const target = id * width;
    const source = row * width;
    if (target >= sums.length && width > 0) {
      throw new Error(`segment id ${id} is not below the number of segments`);
    }
    for (let column = 0; column < width; column++) {
      sums[target + column] = (sums[target + column] as number) + (rows[source + column] as number);
    }
  }
}

export function registerSegmentSum(): void {
  replaceKernel<SegmentSumAttributes>(tf.UnsortedSegmentSum, unsortedSegmentSum);
}
