import { tf } from '#engine/compute/tf.ts';

/** One function of float tensors; the test compares its value and its gradient by every input. */
export interface OperationCase {
  name: string;
  /** Shapes of the inputs; their values are made by the test. */
  shapes: readonly (readonly number[])[];
  /** Range of the inputs, [-1.5, 1.5] when absent. */
  range?: readonly [number, number];
  run: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** False where tfjs's native backend refuses the operation. */
  native?: boolean;
}

export const ids = [3, 0, 3, 1, 4, 3];
export const as2D = (x: tf.Tensor | undefined): tf.Tensor2D => x as tf.Tensor2D;
export const as3D = (x: tf.Tensor | undefined): tf.Tensor3D => x as tf.Tensor3D;
export const as4D = (x: tf.Tensor | undefined): tf.Tensor4D => x as tf.Tensor4D;
export const int = (values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');
