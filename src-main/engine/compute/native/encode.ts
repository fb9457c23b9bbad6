import { attributeType, dataType, type Attribute } from './binding.ts';
import type { Constant, Graph, GraphNode, Reference } from './graph.ts';
import {
  protocol,
  type AttrValueMessage,
  type GraphMessage,
  type NodeMessage,
  type TensorMessage,
  type TensorShapeMessage,
} from './protocol.ts';

/** Versions of the GraphDef format: written by a TensorFlow of 2024 or later, readable since 2018. */
const producerVersion = 1882;
const minimumConsumerVersion = 12;

/** From this many equal elements on, a constant is written as one value to be repeated. */
const repeatedFrom = 16;

/** Names of nodes that must have a certain one; the others are named by operation and place. */
export type NodeNames = ReadonlyMap<number, string>;

const noNames: NodeNames = new Map();

export function nodeName(graph: Graph, index: number, names: NodeNames = noNames): string {
  return names.get(index) ?? `${graph.nodes[index]?.operation ?? 'Missing'}_${index}`;
}

export function outputName(graph: Graph, reference: Reference, names: NodeNames = noNames): string {
  return `${nodeName(graph, reference.node, names)}:${reference.output}`;
}

/** The live part of a graph as a GraphDef message. */
export function encodeGraph(
  graph: Graph,
  live: ReadonlySet<number>,
  edges: ReadonlyMap<number, readonly number[]>,
  names: NodeNames = noNames,
): GraphMessage {
  const { GraphDef, VersionDef } = protocol();
  const message = new GraphDef();
  const nodes: NodeMessage[] = [];
  graph.nodes.forEach((node, index) => {
    if (!live.has(index)) return;
    const message = encodeNode(node);
    message.setName(nodeName(graph, index, names));
    message.setInputList([
      ...node.inputs.map((input) => outputName(graph, input, names)),
      ...(edges.get(index) ?? []).map((before) => `^${nodeName(graph, before, names)}`),
    ]);
    nodes.push(message);
  });
  message.setNodeList(nodes);
  const versions = new VersionDef();
  versions.setProducer(producerVersion);
  versions.setMinConsumer(minimumConsumerVersion);
  message.setVersions(versions);
  return message;
}

function encodeNode(node: GraphNode): NodeMessage {
  const { NodeDef } = protocol();
  const message = new NodeDef();
  message.setOp(node.operation);
  const attributes = message.getAttrMap();
  for (const attribute of node.attributes)
    attributes.set(attribute.name, encodeAttribute(attribute));
  if (node.constant !== null) {
    const { AttrValue } = protocol();
    const dtype = new AttrValue();
    dtype.setType(node.constant.dtype);
    attributes.set('dtype', dtype);
    const value = new AttrValue();
    value.setTensor(encodeConstant(node.constant));
    attributes.set('value', value);
  }
  return message;
}

function encodeAttribute({ name, type, value }: Attribute): AttrValueMessage {
  const { AttrValue } = protocol();
  const message = new AttrValue();
  if (type === attributeType.shape) message.setShape(encodeShape(value as readonly number[]));
  else if (Array.isArray(value)) encodeList(message, type, value as number[]);
  else if (type === attributeType.string) message.setS(new TextEncoder().encode(String(value)));
  else if (type === attributeType.int) message.setI(Number(value));
  else if (type === attributeType.float) message.setF(Number(value));
  else if (type === attributeType.bool) message.setB(Boolean(value));
  else if (type === attributeType.type) message.setType(Number(value));
  else throw new Error(`attribute ${name} has the unknown kind ${type}`);
  return message;
}

function encodeList(message: AttrValueMessage, type: number, values: number[]): void {
  const { AttrValue } = protocol();
  const list = new AttrValue.ListValue();
  if (type === attributeType.float) list.setFList(values);
  else list.setIList(values);
  message.setList(list);
}

export function encodeShape(shape: readonly number[]): TensorShapeMessage {
  const { TensorShape } = protocol();
  const message = new TensorShape();
  const dimensions = shape.map((size) => {
    const dimension = new TensorShape.Dim();
    dimension.setSize(size);
    return dimension;
  });
  message.setDimList(dimensions);
  return message;
}

function encodeConstant(constant: Constant): TensorMessage {
  const { Tensor } = protocol();
  const message = new Tensor();
  message.setDtype(constant.dtype);
  message.setTensorShape(encodeShape(constant.shape));
  const repeated = repeatedWord(constant);
  if (repeated === null) message.setTensorContent(constant.bytes);
  else if (constant.dtype === dataType.float) {
    message.setFloatValList([...new Float32Array(repeated.buffer)]);
  } else message.setIntValList([...repeated]);
  return message;
}

/** The one 32-bit word of which a large constant consists, or null. */
function repeatedWord({ dtype, bytes }: Constant): Int32Array | null {
  if (dtype !== dataType.float && dtype !== dataType.int32) return null;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const [first] = words;
  if (first === undefined || words.length < repeatedFrom) return null;
  return words.every((word) => word === first) ? Int32Array.of(first) : null;
}
