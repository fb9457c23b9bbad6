import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { tf } from '../tf.ts';

export const backendName = 'wasm';

export interface KernelCall<Attributes> {
  inputs: Readonly<Record<string, tf.TensorInfo>>;
  attributes: Attributes;
  backend: BackendWasm;
}

export type PortableKernel<Attributes> = (call: KernelCall<Attributes>) => tf.TensorInfo;

/** The kernel that is registered now, bound to its backend; for kernels that are built on others. */
export function currentKernel<Attributes extends object>(name: string): PortableKernel<Attributes> {
  const config = tf.getKernel(name, backendName);
  if (config === undefined) throw new Error(`the wasm backend has no kernel ${name}`);
  return ({ inputs, attributes, backend }) => {
    const outputs = config.kernelFunc({
      inputs: { ...inputs },
      attrs: attributes as unknown as tf.NamedAttrMap,
      backend,
    });
    return Array.isArray(outputs) ? (outputs[0] as tf.TensorInfo) : outputs;
  };
}

/** Registers a kernel on the wasm backend, in place of the one it had. */
export function replaceKernel<Attributes extends object>(
  name: string,
  kernel: PortableKernel<Attributes>,
): void {
  if (tf.getKernel(name, backendName) !== undefined) tf.unregisterKernel(name, backendName);
  tf.registerKernel({
    kernelName: name,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel({
        inputs: inputs as Record<string, tf.TensorInfo>,
        attributes: attrs as unknown as Attributes,
        backend: backend as BackendWasm,
      }),
  });
}

/**
 * The tensor's values where they lie. Valid until the next allocation, which may move the heap: make all
 * outputs first, then take the views.
 */
export function floats(backend: BackendWasm, tensor: tf.TensorInfo): Float32Array {
  return backend.typedArrayFromHeap(tensor) as Float32Array;
}

/** As `floats`, for int32 tensors. */
export function integers(backend: BackendWasm, tensor: tf.TensorInfo): Int32Array {
  return backend.typedArrayFromHeap(tensor) as Int32Array;
}

/** Where the tensor's values begin on the heap, in bytes; it stays there for as long as it lives. */
export function addressOf(backend: BackendWasm, tensor: tf.TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}

/** The same values under another shape, without a copy. The caller releases it with `release`. */
export function reshaped(
  backend: BackendWasm,
  tensor: tf.TensorInfo,
  shape: readonly number[],
): tf.TensorInfo {
  backend.incRef(tensor.dataId);
  return { dataId: tensor.dataId, shape: [...shape], dtype: tensor.dtype };
}

export function release(backend: BackendWasm, ...tensors: readonly tf.TensorInfo[]): void {
  for (const tensor of tensors) backend.disposeData(tensor.dataId);
}

export function required(
  inputs: Readonly<Record<string, tf.TensorInfo>>,
  name: string,
): tf.TensorInfo {
  const tensor = inputs[name];
  if (tensor === undefined) throw new Error(`the kernel has no input ${name}`);
  return tensor;
}
