import { createRequire } from 'node:module';

const nodeRequire = createRequire(import.meta.url);

/** TensorFlow's protocol messages as tfjs-node ships them (google-protobuf classes); only what is used. */
export interface MessageMap<Value> {
  set(key: string, value: Value): void;
}

export interface TensorShapeMessage {
  setDimList(dimensions: DimensionMessage[]): void;
}

export interface DimensionMessage {
  setSize(size: number): void;
}

export interface TensorMessage {
  setDtype(dtype: number): void;
  setTensorShape(shape: TensorShapeMessage): void;
  setTensorContent(bytes: Uint8Array): void;
  setFloatValList(values: number[]): void;
  setIntValList(values: number[]): void;
}

export interface ListValueMessage {
  setIList(values: number[]): void;
  setFList(values: number[]): void;
}

export interface AttrValueMessage {
  setList(list: ListValueMessage): void;
  setS(bytes: Uint8Array): void;
  setI(value: number): void;
  setF(value: number): void;
  setB(value: boolean): void;
  setType(type: number): void;
  setShape(shape: TensorShapeMessage): void;
  setTensor(tensor: TensorMessage): void;
}

export interface NodeMessage {
  setName(name: string): void;
  setOp(operation: string): void;
  setInputList(inputs: string[]): void;
  getAttrMap(): MessageMap<AttrValueMessage>;
}

export interface GraphMessage {
  setNodeList(nodes: NodeMessage[]): void;
  setVersions(versions: VersionsMessage): void;
  serializeBinary(): Uint8Array;
}

export interface VersionsMessage {
  setProducer(producer: number): void;
  setMinConsumer(consumer: number): void;
}

export interface TensorInfoMessage {
  setName(name: string): void;
  setDtype(dtype: number): void;
  setTensorShape(shape: TensorShapeMessage): void;
}

export interface SignatureMessage {
  getInputsMap(): MessageMap<TensorInfoMessage>;
  getOutputsMap(): MessageMap<TensorInfoMessage>;
  setMethodName(name: string): void;
}

export interface MetaInfoMessage {
  setTagsList(tags: string[]): void;
  setTensorflowVersion(version: string): void;
}

export interface MetaGraphMessage {
  setMetaInfoDef(info: MetaInfoMessage): void;
  setGraphDef(graph: GraphMessage): void;
  getSignatureDefMap(): MessageMap<SignatureMessage>;
}

export interface SavedModelMessage {
  setSavedModelSchemaVersion(version: number): void;
  setMetaGraphsList(graphs: MetaGraphMessage[]): void;
  serializeBinary(): Uint8Array;
}

type Constructor<Message> = new () => Message;

export interface Protocol {
  GraphDef: Constructor<GraphMessage>;
  NodeDef: Constructor<NodeMessage>;
  AttrValue: Constructor<AttrValueMessage> & { ListValue: Constructor<ListValueMessage> };
  Tensor: Constructor<TensorMessage>;
  TensorShape: Constructor<TensorShapeMessage> & { Dim: Constructor<DimensionMessage> };
  VersionDef: Constructor<VersionsMessage>;
  TensorInfo: Constructor<TensorInfoMessage>;
  SignatureDef: Constructor<SignatureMessage>;
  MetaGraphDef: Constructor<MetaGraphMessage> & { MetaInfoDef: Constructor<MetaInfoMessage> };
  SavedModel: Constructor<SavedModelMessage>;
}

/** The message classes. */
export function protocol(): Protocol {
  return nodeRequire('@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js') as Protocol;
}
