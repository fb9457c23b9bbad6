import type { NativeRuntime } from '../runtime.ts';
import { encodeGraph, nodeName, outputName } from './encode.ts';
import { controlEdges, liveNodes, type Reference } from './graph.ts';
import type { NativeArray } from './binding.ts';
import type { Recording } from './recorder.ts';

let added = 0;

const noAttributes: readonly never[] = [];

/** A recording as a TensorFlow function: one operation with variables and feeds as inputs. */
export class CapturedFunction {
  readonly recording: Recording;
  private readonly name: string;
  private readonly open: NativeRuntime;
  private readonly outputNames: readonly string[];
  /** Ids of all inputs: variables first, then one place a feed, filled in for each call. */
  private readonly inputIds: number[];
  private readonly firstFeed: number;

  /** Throws when TensorFlow does not accept the graph. */
  constructor(open: NativeRuntime, stepName: string, recording: Recording) {
    this.open = open;
    this.recording = recording;
    this.name = `offrec_${stepName.replace(/[^A-Za-z0-9_]/g, '_')}_${added++}`;
    this.outputNames = recording.outputs.map((output) => output.name);
    this.firstFeed = recording.variables.length;
    this.inputIds = [
      ...recording.variables.map(({ variable }) => variable.handle),
      ...recording.feeds.map(() => -1),
    ];
    this.addToLibrary();
  }

  private addToLibrary(): void {
    const { graph, variables, feeds } = this.recording;
    const outputs = distinctOutputs(this.recording);
    const live = liveNodes(graph, outputs);
    const inputs = [...variables, ...feeds].map(({ placeholder }) => placeholder);
    for (const { node } of inputs) live.add(node);
    const edges = controlEdges(graph, live);
    const updates = [...live].filter((node) => graph.nodes[node]?.access === 'write');
    this.open.binding.addFunction(
      Buffer.from(encodeGraph(graph, live, edges).serializeBinary()),
      this.name,
      inputs.map((input) => outputName(graph, input)).join(),
      outputs.map((output) => outputName(graph, output)).join(),
      updates.map((update) => nodeName(graph, update)).join(),
    );
  }

  /**
   * One call: feeds in the order of the recording, results by output name. The arrays are not kept
   * beyond the call.
   */
  run(
    feeds: readonly { data: NativeArray; shape: readonly number[]; dtype: number }[],
  ): Record<string, NativeArray> {
    const { binding } = this.open;
    const { inputIds, firstFeed, outputNames } = this;
    let fed = 0;
    try {
      for (; fed < feeds.length; fed++) {
        const { shape, dtype, data } = feeds[fed]!;
        inputIds[firstFeed + fed] = binding.createTensor(shape, dtype, data);
      }
      const outputs = binding.executeOp(this.name, noAttributes, inputIds, outputNames.length);
      const results: Record<string, NativeArray> = {};
      for (let index = 0; index < outputs.length; index++) {
        const { id } = outputs[index]!;
        results[outputNames[index]!] = binding.tensorDataSync(id);
        binding.deleteTensor(id);
      }
      return results;
    } finally {
      for (let index = 0; index < fed; index++) binding.deleteTensor(inputIds[firstFeed + index]!);
    }
  }

  dispose(): void {
    this.open.binding.removeFunction(this.name);
  }
}

/** The outputs as nodes of their own: a function's output may be neither an input nor given twice. */
function distinctOutputs({ graph, outputs }: Recording): Reference[] {
  return outputs.map(({ reference, metadata }) => {
    const identity = {
      operation: 'Identity',
      attributes: [{ name: 'T', type: 4, value: metadata.dtype }],
      inputs: [reference],
      constant: null,
      access: null,
      variables: [],
    };
    return { node: graph.add(identity), output: 0 };
  });
}
