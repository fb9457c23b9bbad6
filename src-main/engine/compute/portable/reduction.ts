import { tf } from '../tf.ts';
import {
  currentKernel,
  floats,
  replaceKernel,
  required,
  type KernelCall,
  type PortableKernel,
} from './heap.ts';

interface SumAttributes {
  axis: number | number[];
  keepDims: boolean;
}

/** A tensor as [outer, reduced, inner]. */
interface Layout {
  readonly outer: number;
  readonly reduced: number;
  readonly inner: number;
}

/** The layout of a reduction over neighbouring axes; null for axes with others between them. */
function layoutOf(shape: readonly number[], axes: readonly number[]): Layout | null {
  const [first, last] = [axes[0] ?? 0, axes.at(-1) ?? -1];
  if (last - first + 1 !== axes.length) return null;
  return {
    outer: tf.util.sizeFromShape(shape.slice(0, first)),
    reduced: tf.util.sizeFromShape(shape.slice(first, last + 1)),
    inner: tf.util.sizeFromShape(shape.slice(last + 1)),
  };
}

/** out[o, i] = Σ_r x[o, r, i], in double precision and in the order of r. */
function sumMiddle(out: Float32Array, x: Float32Array, { outer, reduced, inner }: Layout): void {
  const totals = new Float64Array(inner);
  let place = 0;
  for (let block = 0; block < outer; block++) {
    totals.fill(0);
    for (let row = 0; row < reduced; row++) {
      for (let column = 0; column < inner; column++) {
        totals[column] = (totals[column] as number) + (x[place++] as number);
      }
    }
    out.set(totals, block * inner);
  }
}

/** Sums over the last axis are the backend's own; for others it would transpose the tensor first. */
function sum(
  general: PortableKernel<SumAttributes>,
  call: KernelCall<SumAttributes>,
): tf.TensorInfo {
  const { inputs, attributes, backend } = call;
  const x = required(inputs, 'x');
  const axes = tf.util.parseAxisParam(attributes.axis, x.shape).toSorted((a, b) => a - b);
  const layout = layoutOf(x.shape, axes);
  if (layout === null || layout.inner === 1 || x.dtype !== 'float32') return general(call);
  const shape = x.shape.flatMap((length, axis) => {
    if (!axes.includes(axis)) return [length];
    return attributes.keepDims ? [1] : [];
  });
  const out = backend.makeOutput(shape, 'float32');
  sumMiddle(floats(backend, out), floats(backend, x), layout);
  return out;
}

export function registerReduction(): void {
  const general = currentKernel<SumAttributes>(tf.Sum);
  replaceKernel<SumAttributes>(tf.Sum, (call) => sum(general, call));
}
