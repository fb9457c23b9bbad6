import { ResourceVariable } from './native/resource-variable.ts';
import { isNative } from './runtime.ts';
import { tf } from './tf.ts';

/** Where a parameter's or a slot's values live. */
export interface Storage {
  /** A snapshot: a later update does not change it. The caller owns it. */
  read(): tf.Tensor;
  /** Rows of the first axis. */
  gather(indices: tf.Tensor1D): tf.Tensor;
  values(): Float32Array;
  assign(values: Float32Array): void;
  assignTensor(value: tf.Tensor): void;
  dispose(): void;
}

/** Storage on the portable device: a tfjs variable. */
export class PortableVariable implements Storage {
  private readonly variable: tf.Variable;

  constructor(shape: readonly number[], initial: Float32Array) {
    const value = tf.tensor(initial.slice(), [...shape]);
    this.variable = tf.variable(value, false);
    value.dispose();
  }

  read(): tf.Tensor {
    return tf.clone(this.variable);
  }

  gather(indices: tf.Tensor1D): tf.Tensor {
    return tf.gather(this.variable, indices);
  }

  values(): Float32Array {
    return this.variable.dataSync<'float32'>().slice();
  }

  assign(values: Float32Array): void {
    const value = tf.tensor(values.slice(), this.variable.shape);
    this.variable.assign(value);
    value.dispose();
  }

  assignTensor(value: tf.Tensor): void {
    this.variable.assign(value);
  }

  dispose(): void {
    this.variable.dispose();
  }
}

export function createStorage(
  name: string,
  shape: readonly number[],
  initial: Float32Array,
): Storage {
  return isNative()
    ? new ResourceVariable(name, shape, initial)
    : new PortableVariable(shape, initial);
}

/** The native variable behind a storage; only to be asked on the native device. */
export function nativeVariable(storage: Storage): ResourceVariable {
  if (storage instanceof ResourceVariable) return storage;
  throw new Error('the storage was made before the native device was opened');
}
