import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { tf } from '../tf.ts';
import {
  currentKernel,
  integers,
  release,
  replaceKernel,
  required,
  reshaped,
  type KernelCall,
  type PortableKernel,
} from './heap.ts';

/** From this many words on, a block copy is faster than a loop. */
const longRun = 64;

/** Whether values are 32-bit words, which can be moved without knowing what they mean. */
function hasWords(tensor: tf.TensorInfo): boolean {
  return tensor.dtype === 'float32' || tensor.dtype === 'int32';
}

function copyRun(
  target: Int32Array,
  targetStart: number,
  source: Int32Array,
  [start, length]: readonly [number, number],
): void {
  if (length >= longRun) {
    target.set(source.subarray(start, start + length), targetStart);
    return;
  }
  for (let word = 0; word < length; word++) {
    target[targetStart + word] = source[start + word] as number;
  }
}

interface GatherAttributes {
  axis: number;
  batchDims: number;
}

/** Gathering along the first axis as copies of rows; the backend's kernel moves word by word. */
function gather(
  general: PortableKernel<GatherAttributes>,
  call: KernelCall<GatherAttributes>,
): tf.TensorInfo {
  const { inputs, attributes, backend } = call;
  const x = required(inputs, 'x');
  const indices = required(inputs, 'indices');
  if (attributes.axis !== 0 || attributes.batchDims !== 0 || !hasWords(x)) return general(call);
  const rowShape = x.shape.slice(1);
  const width = tf.util.sizeFromShape(rowShape);
  const rows = x.shape[0] ?? 0;
  const out = backend.makeOutput([...indices.shape, ...rowShape], x.dtype);
  const target = integers(backend, out);
  const source = integers(backend, x);
  const chosen = integers(backend, indices);
  for (let row = 0; row < chosen.length; row++) {
    const index = chosen[row] as number;
    if (index < 0 || index >= rows) throw new Error(`index ${index} is not among ${rows} rows`);
    copyRun(target, row * width, source, [index * width, width]);
  }
  return out;
}

interface TileAttributes {
  reps: number[];
}

/** One axis repeated: [outer, run] → [outer, times, run]. */
function repeatRuns(target: Int32Array, source: Int32Array, run: number, times: number): void {
  let targetStart = 0;
  for (let start = 0; start < source.length; start += run) {
    for (let repetition = 0; repetition < times; repetition++) {
      copyRun(target, targetStart, source, [start, run]);
      targetStart += run;
    }
  }
}

/** Repetition as copies of runs, one axis after the other; the backend's kernel moves word by word. */
function tile(
  general: PortableKernel<TileAttributes>,
  call: KernelCall<TileAttributes>,
): tf.TensorInfo {
  const { attributes, backend } = call;
  const x = required(call.inputs, 'x');
  if (!hasWords(x)) return general(call);
  let current = reshaped(backend, x, x.shape);
  for (let axis = x.shape.length - 1; axis >= 0; axis--) {
    const times = attributes.reps[axis] ?? 1;
    if (times === 1) continue;
    const shape = [...current.shape];
    shape[axis] = (shape[axis] as number) * times;
    const run = tf.util.sizeFromShape(current.shape.slice(axis));
    const next = backend.makeOutput(shape, x.dtype);
    repeatRuns(integers(backend, next), integers(backend, current), run, times);
    release(backend, current);
    current = next;
  }
  return current;
}

/** The same values without the backend's copy: tensors never change, so they can share. */
function share(backend: BackendWasm, x: tf.TensorInfo): tf.TensorInfo {
  return reshaped(backend, x, x.shape);
}

interface CastAttributes {
  dtype: tf.DataType;
}

export function registerMovement(): void {
  const generalGather = currentKernel<GatherAttributes>(tf.GatherV2);
  const generalTile = currentKernel<TileAttributes>(tf.Tile);
  const generalCast = currentKernel<CastAttributes>(tf.Cast);
  replaceKernel<GatherAttributes>(tf.GatherV2, (call) => gather(generalGather, call));
  replaceKernel<TileAttributes>(tf.Tile, (call) => tile(generalTile, call));
  replaceKernel<object>(tf.Identity, ({ inputs, backend }) =>
    share(backend, required(inputs, 'x')),
  );
  replaceKernel<CastAttributes>(tf.Cast, (call) => {
    const x = required(call.inputs, 'x');
    return x.dtype === call.attributes.dtype ? share(call.backend, x) : generalCast(call);
  });
}
