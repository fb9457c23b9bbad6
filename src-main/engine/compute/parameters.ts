import { OffrecError } from '#contract/errors.ts';
import { sumRows } from './fused/row-sums.ts';
import { createStorage, type Storage } from './storage.ts';
import { refuseInsideRecording } from './recording.ts';
import type { StateTensor } from './state.ts';
import { forgetRead, readOnce } from './step-scope.ts';
import { tf } from './tf.ts';

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** One trainable (or slowly changing) float32 array that lives on the device and is updated in place. */
export class Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
  private readonly storage: Storage;

  constructor(name: string, shape: readonly number[], initial: Float32Array) {
    this.name = name;
    this.shape = [...shape];
    this.size = sizeOf(shape);
    this.requireSize(initial);
    this.storage = createStorage(name, this.shape, initial);
  }

  /**
   * The current value. Within a step it is read once and is the tensor that `valueAndGradients`
   * differentiates; outside of a step the caller owns it.
   */
  read<Rank extends tf.Rank = tf.Rank>(): tf.Tensor<Rank> {
    return readOnce(this, () => this.storage.read()) as tf.Tensor<Rank>;
  }

  /**
   * Rows of a matrix: out[n, :] = this[indices[n], :]. The gradient is a sum by row in a fixed order.
   * Indices must be in range.
   */
  gather(indices: tf.Tensor1D): tf.Tensor2D {
    const [rows] = this.shape;
    if (this.shape.length !== 2 || rows === undefined) {
      throw new Error(`gather needs a matrix, ${this.name} has shape [${this.shape.join(', ')}]`);
    }
    const lookUp = tf.customGrad((_table, ids, save) => {
      const saveTensors = save as tf.GradSaveFunc;
      saveTensors([ids as tf.Tensor]);
      return {
        value: this.storage.gather(ids as tf.Tensor1D),
        gradFunc: (slope: tf.Tensor, saved: tf.Tensor[]) => [
          sumRows(slope as tf.Tensor2D, saved[0] as tf.Tensor1D, rows),
          // Indices have no gradient; tfjs wants some tensor here and drops it.
          slope,
        ],
      };
    });
    return lookUp(this.read(), indices) as tf.Tensor2D;
  }

  /** A copy of the values in row-major order. */
  values(): Float32Array {
    refuseInsideRecording(`reads back the values of ${this.name}`);
    return this.storage.values();
  }

  /** Replaces the values, outside of a compiled step's body. */
  assign(values: Float32Array): void {
    refuseInsideRecording(`assigns JavaScript values to ${this.name}`);
    this.requireSize(values);
    this.storage.assign(values);
    forgetRead(this);
  }

  /** Replaces the value by a tensor of the same shape; allowed inside a step (target networks). */
  assignTensor(value: tf.Tensor): void {
    if (value.shape.join() !== this.shape.join() || value.dtype !== 'float32') {
      throw new Error(
        `${this.name} has shape [${this.shape.join(', ')}], not [${value.shape.join(', ')}]`,
      );
    }
    this.storage.assignTensor(value);
    forgetRead(this);
  }

  /** For optimisers: the storage whose update makes earlier reads stale. */
  forUpdate(): Storage {
    forgetRead(this);
    return this.storage;
  }

  dispose(): void {
    this.storage.dispose();
  }

  private requireSize(values: Float32Array): void {
    if (values.length === this.size) return;
    throw new OffrecError('invalid-input', `${values.length} values do not fill ${this.name}.`, {
      where: `${this.name} [${this.shape.join(', ')}]`,
      hint: 'Use weights of the same method and configuration.',
    });
  }
}

/** The parameters of one model, named `scope/name`, created and disposed together. */
export class ParameterSet {
  private readonly scope: string;
  private readonly parameters = new Map<string, Parameter>();

  constructor(scope: string) {
    this.scope = scope;
  }

  create(name: string, shape: readonly number[], initial: Float32Array): Parameter {
    if (this.parameters.has(name)) throw new Error(`${this.scope}/${name} exists already`);
    const parameter = new Parameter(`${this.scope}/${name}`, shape, initial);
    this.parameters.set(name, parameter);
    return parameter;
  }

  /** By the name given to `create`. */
  get(name: string): Parameter {
    const parameter = this.parameters.get(name);
    if (parameter === undefined) throw new Error(`${this.scope} has no parameter ${name}`);
    return parameter;
  }

  /** In the order of creation. */
  list(): readonly Parameter[] {
    return [...this.parameters.values()];
  }

  /** Copies of all values by full name. */
  tensors(): Record<string, StateTensor> {
    return Object.fromEntries(
      this.list().map((parameter) => [
        parameter.name,
        { shape: parameter.shape, data: parameter.values() },
      ]),
    );
  }

  /** Replaces all values. Throws `corrupt-file` when one is missing or of another shape; then none changes. */
  load(tensors: Readonly<Record<string, StateTensor>>): void {
    const loads = this.list().map((parameter) => ({
      parameter,
      values: requireFloats(tensors, parameter.name, parameter.shape),
    }));
    for (const { parameter, values } of loads) parameter.assign(values);
  }

  dispose(): void {
    for (const parameter of this.parameters.values()) parameter.dispose();
    this.parameters.clear();
  }
}

/** The float32 tensor of this name and shape, or a `corrupt-file` error. */
export function requireFloats(
  tensors: Readonly<Record<string, StateTensor>>,
  name: string,
  shape: readonly number[],
): Float32Array {
  const tensor = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (
    tensor === undefined ||
    !(tensor.data instanceof Float32Array) ||
    tensor.shape.join() !== shape.join() ||
    tensor.data.length !== sizeOf(shape)
  ) {
    throw new OffrecError('corrupt-file', `The state holds no fitting tensor ${name}.`, {
      where: name,
      hint: 'Use a checkpoint of the same method, version and configuration.',
    });
  }
  return tensor.data;
}
