import type { tf } from '../tf.ts';
import { nativeRuntime } from '../runtime.ts';
import { attributeType, dataType, type Attribute } from './binding.ts';

const dataTypes: Record<string, number> = {
  float32: dataType.float,
  int32: dataType.int32,
  bool: dataType.bool,
};

/** The number TensorFlow gives to a tfjs dtype. */
export function typeNumber(dtype: string): number {
  const number = dataTypes[dtype];
  if (number === undefined) throw new Error(`dtype ${dtype} is not used on the native device`);
  return number;
}

/** Attributes of raw operations by kind. */
export const attribute = {
  type: (name: string, value: number): Attribute => ({ name, type: attributeType.type, value }),
  bool: (name: string, value: boolean): Attribute => ({ name, type: attributeType.bool, value }),
  int: (name: string, value: number): Attribute => ({ name, type: attributeType.int, value }),
  ints: (name: string, value: readonly number[]): Attribute => ({
    name,
    type: attributeType.int,
    value,
  }),
  string: (name: string, value: string): Attribute => ({ name, type: attributeType.string, value }),
  shape: (name: string, value: readonly number[]): Attribute => ({
    name,
    type: attributeType.shape,
    value,
  }),
  float32: { name: 'T', type: attributeType.type, value: dataType.float } as Attribute,
};

/**
 * Runs one TensorFlow operation by its own name, through the backend's binding so that a recorder sees it.
 * `resources` are ids of variable handles and come before the tensors.
 */
export function operations(
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly tf.TensorInfo[],
  outputCount: number,
  resources: readonly number[] = [],
): tf.Tensor[] {
  const { backend } = nativeRuntime();
  const ids = [...resources, ...backend.getInputTensorIds(inputs)];
  const outputs = backend.binding.executeOp(name, attributes, ids, outputCount);
  return outputs.map((metadata) => backend.createOutputTensor(metadata));
}

/** As `operations`, for the usual case of one output. */
export function operation(
  name: string,
  attributes: readonly Attribute[],
  inputs: readonly tf.TensorInfo[],
  resources: readonly number[] = [],
): tf.Tensor {
  const [output] = operations(name, attributes, inputs, 1, resources);
  if (output === undefined) throw new Error(`${name} returned nothing`);
  return output;
}
