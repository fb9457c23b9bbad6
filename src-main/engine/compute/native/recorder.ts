import { CaptureRefusal, setRecording } from '../recording.ts';
import type { NativeRuntime } from '../runtime.ts';
import { dataType, type Attribute, type NativeArray, type NativeBinding } from './binding.ts';
import type { TensorMetadata } from './binding.ts';
import { Graph, type Access, type Reference } from './graph.ts';
import { tf } from '../tf.ts';
import { attribute } from './operation.ts';
import { variableOfHandle, type ResourceVariable } from './resource-variable.ts';

/** Operations on variables that leave them as they are. */
const readingOperations = new Set(['ReadVariableOp', 'ResourceGather', 'ResourceGatherNd']);

/** Operations whose result differs from call to call, or whose output shape depends on values. */
const refusedOperations = new Map([
  ...['Multinomial', 'RandomUniform', 'RandomUniformInt', 'RandomStandardNormal'].map(asRandom),
  ...['TruncatedNormal', 'RandomShuffle', 'RandomGamma', 'RandomPoissonV2'].map(asRandom),
  ...['Where', 'Unique', 'UniqueV2', 'NonMaxSuppressionV3'].map(asDynamic),
  ...['NonMaxSuppressionV4', 'NonMaxSuppressionV5'].map(asDynamic),
  ['VarHandleOp', 'creates a parameter inside the body'] as const,
  ['DestroyResourceOp', 'disposes a parameter inside the body'] as const,
]);

function asRandom(name: string): readonly [string, string] {
  return [name, `uses the random operation ${name}; feed its values instead`];
}

function asDynamic(name: string): readonly [string, string] {
  return [name, `uses ${name}, whose output shape depends on values`];
}

/** TensorFlow could not execute an operation, such as a look-up out of range. */
export class OperationFailure extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'OperationFailure';
  }
}

/** A graph recorded from one execution of a step's body. */
export interface Recording {
  readonly graph: Graph;
  /** Variables that the graph uses, in the order of their placeholders. */
  readonly variables: { variable: ResourceVariable; placeholder: Reference }[];
  readonly feeds: { name: string; placeholder: Reference; metadata: TensorMetadata }[];
  readonly outputs: { name: string; reference: Reference; metadata: TensorMetadata }[];
}

/**
 * Stands between tfjs and the addon while a step's body runs once, and writes down every operation.
 * Operations run for real, so that shapes and types are known, except updates of variables: recording
 * changes nothing, and the first real run is the recorded function itself.
 */
export class Recorder {
  private readonly open: NativeRuntime;
  private readonly graph = new Graph();
  private readonly producers = new Map<number, Reference>();
  private readonly writtenInside = new WeakSet<NativeArray>();
  private readonly variables: Recording['variables'] = [];
  private readonly feeds: Recording['feeds'] = [];

  constructor(open: NativeRuntime) {
    this.open = open;
  }

  /** Declares a tensor that later calls replace by their own. */
  feed(name: string, metadata: TensorMetadata): void {
    const placeholder = this.graph.addSource('Placeholder', [
      attribute.type('dtype', metadata.dtype),
      attribute.shape('shape', metadata.shape),
    ]);
    this.producers.set(metadata.id, placeholder);
    this.feeds.push({ name, placeholder, metadata });
  }

  /** Runs `body`, whose named result tensors are the outputs. Throws CaptureRefusal. */
  record(body: () => Record<string, tf.Tensor>): Recording {
    const { backend, binding } = this.open;
    const write = backend.write.bind(backend);
    const random = Object.getOwnPropertyDescriptor(Math, 'random');
    backend.binding = this.standIn(binding);
    backend.write = (values, shape, dtype) => {
      this.writtenInside.add(values);
      return write(values, shape, dtype);
    };
    // tfjs draws its random tensors in JavaScript: they would become constants.
    Object.defineProperty(Math, 'random', { ...random, value: refuseRandom });
    setRecording(true);
    try {
      const outputs = Object.entries(body()).map(([name, tensor]) => this.output(name, tensor));
      const { graph, variables, feeds } = this;
      return { graph, variables, feeds, outputs };
    } finally {
      setRecording(false);
      if (random !== undefined) Object.defineProperty(Math, 'random', random);
      Reflect.deleteProperty(backend, 'write');
      backend.binding = binding;
    }
  }

  private output(name: string, tensor: tf.Tensor): Recording['outputs'][number] {
    const [id] = this.open.backend.getInputTensorIds([tensor]);
    if (id === undefined) throw new Error(`output ${name} has no tensor`);
    const reference = this.referenceOf(id, `the output ${name}`);
    const dtype = tensor.dtype === 'float32' ? dataType.float : dataType.int32;
    return { name, reference, metadata: { id, shape: tensor.shape, dtype } };
  }

  private standIn(binding: NativeBinding): NativeBinding {
    const createTensor: NativeBinding['createTensor'] = (shape, dtype, values) =>
      this.createTensor(shape, dtype, values);
    const executeOp: NativeBinding['executeOp'] = (name, attributes, ids, count) =>
      this.executeOperation(name, attributes, ids, count);
    const tensorDataSync: NativeBinding['tensorDataSync'] = () => {
      throw new CaptureRefusal('reads a value back inside the body');
    };
    // The addon's own properties are read-only, so plain assignment on an heir is refused.
    return Object.create(binding, {
      createTensor: { value: createTensor },
      executeOp: { value: executeOp },
      tensorDataSync: { value: tensorDataSync },
    }) as NativeBinding;
  }

  private createTensor(shape: readonly number[], dtype: number, values: NativeArray): number {
    // 64-bit constants are made by kernels themselves and never pass through the backend's write.
    if (dtype !== dataType.int64 && !this.writtenInside.has(values)) {
      throw new CaptureRefusal(
        `uses a tensor [${shape.join(', ')}] that was created outside the body and is no feed`,
      );
    }
    const id = this.open.binding.createTensor(shape, dtype, values);
    this.producers.set(id, this.graph.addConstant(dtype, shape, values));
    return id;
  }

  private executeOperation(
    name: string,
    attributes: readonly Attribute[],
    inputIds: readonly number[],
    outputCount: number,
  ): TensorMetadata[] {
    const refusal = refusedOperations.get(name);
    if (refusal !== undefined) throw new CaptureRefusal(refusal);
    const inputs = inputIds.map((id) => this.referenceOf(id, name));
    const variables = inputs
      .map((input) => input.node)
      .filter((node) => this.variables.some(({ placeholder }) => placeholder.node === node));
    const access = accessOf(name, variables.length > 0);
    const node = { operation: name, attributes, inputs, constant: null, access, variables };
    const index = this.graph.add(node);
    if (access === 'write') {
      if (outputCount > 0) throw new CaptureRefusal(`uses ${name}, which updates and returns`);
      return [];
    }
    const outputs = this.execute(name, attributes, inputIds, outputCount);
    outputs.forEach(({ id }, output) => this.producers.set(id, { node: index, output }));
    return outputs;
  }

  private execute(...call: Parameters<NativeBinding['executeOp']>): TensorMetadata[] {
    try {
      return this.open.binding.executeOp(...call);
    } catch (error) {
      throw new OperationFailure(error);
    }
  }

  private referenceOf(id: number, user: string): Reference {
    const known = this.producers.get(id);
    if (known !== undefined) return known;
    const variable = variableOfHandle(id);
    if (variable === undefined) {
      throw new CaptureRefusal(
        `${user} uses a tensor that was created outside the body and is no feed or Parameter`,
      );
    }
    const placeholder = this.graph.addSource('Placeholder', [
      attribute.type('dtype', dataType.resource),
      attribute.shape('shape', []),
    ]);
    this.producers.set(id, placeholder);
    this.variables.push({ variable, placeholder });
    return placeholder;
  }
}

function accessOf(name: string, touchesVariables: boolean): Access | null {
  if (!touchesVariables) return null;
  return readingOperations.has(name) ? 'read' : 'write';
}

interface ScopeHolder {
  state: { activeScope: { name: string } | null };
}

function refuseRandom(): never {
  const { state } = tf.engine() as unknown as ScopeHolder;
  const operation = state.activeScope?.name ?? 'Math.random';
  throw new CaptureRefusal(`draws random numbers in ${operation}; feed them instead`);
}
