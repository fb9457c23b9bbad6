import type { tf } from '../tf.ts';
import { nativeRuntime } from '../runtime.ts';
import { dataType, type NativeArray } from './binding.ts';
import { attribute, operation, operations } from './operation.ts';

let created = 0;
const variablesByHandle = new Map<number, ResourceVariable>();

/** The variable whose resource handle has this tensor id. */
export function variableOfHandle(id: number): ResourceVariable | undefined {
  return variablesByHandle.get(id);
}

/** A float32 variable that lives in TensorFlow and is updated in place. The owner disposes it. */
export class ResourceVariable {
  readonly shape: readonly number[];
  readonly handle: number;

  constructor(name: string, shape: readonly number[], initial: Float32Array) {
    this.shape = shape;
    const { binding } = nativeRuntime();
    // The shared name decides which storage a handle means, so two variables must never have the same.
    const attributes = [
      attribute.string('container', ''),
      attribute.string('shared_name', `${name}#${created++}`),
      attribute.type('dtype', dataType.float),
      attribute.shape('shape', shape),
    ];
    const [handle] = binding.executeOp('VarHandleOp', attributes, [], 1);
    if (handle === undefined) throw new Error('VarHandleOp returned nothing');
    this.handle = handle.id;
    variablesByHandle.set(this.handle, this);
    this.assign(initial);
  }

  /** The value as a tensor of its own; a later update does not change it. */
  read(): tf.Tensor {
    return operation(
      'ReadVariableOp',
      [attribute.type('dtype', dataType.float)],
      [],
      [this.handle],
    );
  }

  /** Rows `indices` of the first axis. */
  gather(indices: tf.Tensor1D): tf.Tensor {
    const attributes = [
      attribute.int('batch_dims', 0),
      attribute.bool('validate_indices', true),
      attribute.type('dtype', dataType.float),
      attribute.type('Tindices', dataType.int32),
    ];
    return operation('ResourceGather', attributes, [indices], [this.handle]);
  }

  /** A copy of the values in row-major order. */
  values(): Float32Array {
    const { binding } = nativeRuntime();
    const attributes = [attribute.type('dtype', dataType.float)];
    const [value] = binding.executeOp('ReadVariableOp', attributes, [this.handle], 1);
    if (value === undefined) throw new Error('ReadVariableOp returned nothing');
    try {
      return binding.tensorDataSync(value.id) as Float32Array;
    } finally {
      binding.deleteTensor(value.id);
    }
  }

  /** Replaces the values outside of any compiled step. */
  assign(values: NativeArray): void {
    const { binding } = nativeRuntime();
    const fed = binding.createTensor(this.shape, dataType.float, values);
    // A tensor may share the array's memory; the variable must own its own.
    const [owned] = binding.executeOp('DeepCopy', [attribute.float32], [fed], 1);
    if (owned === undefined) throw new Error('DeepCopy returned nothing');
    const attributes = [attribute.type('dtype', dataType.float)];
    binding.executeOp('AssignVariableOp', attributes, [this.handle, owned.id], 0);
    binding.deleteTensor(owned.id);
    binding.deleteTensor(fed);
  }

  /** Replaces the value by a tensor's, as part of a step. */
  assignTensor(value: tf.Tensor): void {
    // The tensor may share memory with a fed array, which its owner is free to overwrite afterwards.
    const owned = operation('DeepCopy', [attribute.float32], [value]);
    this.update('AssignVariableOp', owned);
    owned.dispose();
  }

  /** Runs `AssignVariableOp`, `AssignAddVariableOp` or `AssignSubVariableOp`. */
  update(name: string, value: tf.Tensor): void {
    operations(name, [attribute.type('dtype', dataType.float)], [value], 0, [this.handle]);
  }

  dispose(): void {
    if (!variablesByHandle.delete(this.handle)) return;
    const { binding } = nativeRuntime();
    const attributes = [attribute.bool('ignore_lookup_error', true)];
    binding.executeOp('DestroyResourceOp', attributes, [this.handle], 0);
    binding.deleteTensor(this.handle);
  }
}
