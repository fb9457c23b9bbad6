import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OffrecError } from '#contract/errors.ts';
import { lastRecording, type CompiledStep } from './compile-step.ts';
import { dataType } from './native/binding.ts';
import { encodeGraph, encodeShape, outputName, type NodeNames } from './native/encode.ts';
import { Graph, liveNodes, type GraphNode, type Reference } from './native/graph.ts';
import { attribute } from './native/operation.ts';
import {
  protocol,
  type GraphMessage,
  type SignatureMessage,
  type TensorInfoMessage,
} from './native/protocol.ts';
import type { Recording } from './native/recorder.ts';
import type { ResourceVariable } from './native/resource-variable.ts';
import { nativeRuntime } from './runtime.ts';

const signatureName = 'serving_default';
const predictMethod = 'tensorflow/serving/predict';
/** What one protocol message may hold. */
const maximumBytes = 2 ** 31 - 1;

interface Frozen {
  readonly graph: Graph;
  readonly names: NodeNames;
  readonly inputs: {
    name: string;
    reference: Reference;
    dtype: number;
    shape: readonly number[];
  }[];
  readonly outputs: {
    name: string;
    reference: Reference;
    dtype: number;
    shape: readonly number[];
  }[];
}

/**
 * Writes what a step's last run recorded as a SavedModel that TensorFlow, TensorFlow Serving and tfjs can
 * load: tag `serve`, signature `serving_default`, inputs and outputs named as the step's. The parameters'
 * present values are inside as constants. Shapes are those of the run, the number of rows included.
 * Throws when the step was not recorded, updates parameters, or is too large for one file.
 */
export function saveActingGraph(step: CompiledStep, folder: string): void {
  const frozen = freeze(lastRecording(step));
  const live = liveNodes(
    frozen.graph,
    [...frozen.inputs, ...frozen.outputs].map(({ reference }) => reference),
  );
  const message = encodeGraph(frozen.graph, live, new Map(), frozen.names);
  const bytes = encodeSavedModel(message, frozen);
  if (bytes.length > maximumBytes) {
    throw new OffrecError('unsupported-format', 'The model is too large for a SavedModel.', {
      where: folder,
      hint: 'Export the weights as safetensors instead.',
    });
  }
  mkdirSync(join(folder, 'variables'), { recursive: true });
  writeFileSync(join(folder, 'saved_model.pb'), bytes);
}

/** The recording with variables replaced by their values. */
function freeze(recording: Recording): Frozen {
  const graph = new Graph();
  const names = new Map<number, string>();
  const moved = new Map<number, Reference>();
  const variables = new Map(
    recording.variables.map(({ variable, placeholder }) => [placeholder.node, variable]),
  );
  recording.graph.nodes.forEach((node, index) => {
    if (variables.has(index)) return;
    moved.set(index, addFrozen(graph, node, moved, variables));
  });
  const inputs = recording.feeds.map(({ name, placeholder, metadata }) => {
    const reference = movedReference(moved, placeholder);
    names.set(reference.node, safeName(`input_${name}`));
    return { name, reference, ...metadata };
  });
  const outputs = recording.outputs.map(({ name, reference, metadata }) => {
    const type = attribute.type('T', metadata.dtype);
    const node = identity(type, movedReference(moved, reference));
    const output = { node: graph.add(node), output: 0 };
    names.set(output.node, safeName(`output_${name}`));
    return { name, reference: output, ...metadata };
  });
  return { graph, names, inputs, outputs };
}

function addFrozen(
  graph: Graph,
  node: GraphNode,
  moved: ReadonlyMap<number, Reference>,
  variables: ReadonlyMap<number, ResourceVariable>,
): Reference {
  const variable = variables.get(node.variables[0] ?? -1);
  if (variable !== undefined) return addFrozenRead(graph, node, moved, variable);
  if (node.constant !== null) {
    const { dtype, shape, bytes } = node.constant;
    return graph.addConstant(dtype, shape, bytes);
  }
  const inputs = node.inputs.map((input) => movedReference(moved, input));
  return { node: graph.add({ ...node, inputs }), output: 0 };
}

function addFrozenRead(
  graph: Graph,
  node: GraphNode,
  moved: ReadonlyMap<number, Reference>,
  variable: ResourceVariable,
): Reference {
  const value = (): Reference =>
    graph.addConstant(dataType.float, variable.shape, variable.values());
  if (node.operation === 'ReadVariableOp') return value();
  const [, indices] = node.inputs;
  if (node.operation !== 'ResourceGather' || indices === undefined) {
    throw new OffrecError('unsupported-format', 'The step updates parameters.', {
      where: node.operation,
      hint: 'Export a step that only acts.',
    });
  }
  const axis = graph.addConstant(dataType.int32, [], Int32Array.of(0));
  const gather = {
    operation: 'GatherV2',
    attributes: [
      attribute.int('batch_dims', 0),
      attribute.type('Tparams', dataType.float),
      attribute.type('Tindices', dataType.int32),
      attribute.type('Taxis', dataType.int32),
    ],
    inputs: [value(), movedReference(moved, indices), axis],
    constant: null,
    access: null,
    variables: [],
  };
  return { node: graph.add(gather), output: 0 };
}

function identity(type: GraphNode['attributes'][number], input: Reference): GraphNode {
  const rest = { constant: null, access: null, variables: [] };
  return { operation: 'Identity', attributes: [type], inputs: [input], ...rest };
}

function movedReference(moved: ReadonlyMap<number, Reference>, old: Reference): Reference {
  const base = moved.get(old.node);
  if (base === undefined) throw new Error(`node ${old.node} was not carried over`);
  return { node: base.node, output: old.output };
}

function safeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '_');
}

function encodeSavedModel(graph: GraphMessage, frozen: Frozen): Uint8Array {
  const { MetaGraphDef, SavedModel, SignatureDef } = protocol();
  const information = new MetaGraphDef.MetaInfoDef();
  information.setTagsList(['serve']);
  information.setTensorflowVersion(nativeRuntime().binding.TF_Version);
  const signature: SignatureMessage = new SignatureDef();
  signature.setMethodName(predictMethod);
  for (const input of frozen.inputs) {
    signature.getInputsMap().set(input.name, describe(frozen, input));
  }
  for (const output of frozen.outputs) {
    signature.getOutputsMap().set(output.name, describe(frozen, output));
  }
  const metaGraph = new MetaGraphDef();
  metaGraph.setMetaInfoDef(information);
  metaGraph.setGraphDef(graph);
  metaGraph.getSignatureDefMap().set(signatureName, signature);
  const model = new SavedModel();
  model.setSavedModelSchemaVersion(1);
  model.setMetaGraphsList([metaGraph]);
  return model.serializeBinary();
}

function describe(frozen: Frozen, port: Frozen['inputs'][number]): TensorInfoMessage {
  const { TensorInfo } = protocol();
  const message = new TensorInfo();
  message.setName(outputName(frozen.graph, port.reference, frozen.names));
  message.setDtype(port.dtype);
  message.setTensorShape(encodeShape(port.shape));
  return message;
}
