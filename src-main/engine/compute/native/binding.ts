import type { tf } from '../tf.ts';

/** What a TensorFlow operation call gives back for each output. */
export interface TensorMetadata {
  id: number;
  shape: number[];
  dtype: number;
}

/** One attribute of a TensorFlow operation, as the addon reads it. */
export interface Attribute {
  name: string;
  /** One of the binding's TF_ATTR_ constants. */
  type: number;
  value: boolean | number | string | readonly number[];
}

export type NativeArray = Float32Array | Int32Array | Uint8Array;

/** The addon's own functions: thin wrappers of TensorFlow's C interface over integer tensor ids. */
export interface NativeBinding {
  /** The tensor may share the array's memory until it is deleted. */
  createTensor(shape: readonly number[], dtype: number, values: NativeArray): number;
  deleteTensor(id: number): void;
  /** A copy of the tensor's values. */
  tensorDataSync(id: number): NativeArray;
  executeOp(
    operation: string,
    attributes: readonly Attribute[],
    inputIds: readonly number[],
    outputCount: number,
  ): TensorMetadata[];
  /** Adds a function made from a GraphDef; the lists are comma separated `node:output` (or node) names. */
  addFunction(
    graphDef: Uint8Array,
    name: string,
    inputs: string,
    outputs: string,
    controlOutputs: string,
  ): void;
  removeFunction(name: string): void;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(
    id: number,
    inputIds: readonly number[],
    inputNames: string,
    outputNames: string,
  ): TensorMetadata[];
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
  readonly TF_Version: string;
}

/** Numbers of TensorFlow's C interface (TF_DataType). */
export const dataType = {
  float: 1,
  int32: 3,
  string: 7,
  int64: 9,
  bool: 10,
  resource: 20,
} as const;

/** Numbers of TensorFlow's C interface (TF_AttrType). */
export const attributeType = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;

/** The part of tfjs-node's backend that is used here. */
export interface NativeBackend {
  binding: NativeBinding;
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(metadata: TensorMetadata): tf.Tensor;
  /** Stores values that become a native tensor on first use. */
  write(values: NativeArray, shape: number[], dtype: tf.DataType): tf.DataId;
}
