import { createHash } from 'node:crypto';
import type { Attribute, NativeArray } from './binding.ts';

/** One output of one node. */
export interface Reference {
  readonly node: number;
  readonly output: number;
}

export interface Constant {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** How a node touches a variable: updates are ordered against everything else that touches it. */
export type Access = 'read' | 'write';

export interface GraphNode {
  readonly operation: string;
  readonly attributes: readonly Attribute[];
  readonly inputs: readonly Reference[];
  readonly constant: Constant | null;
  /** Set when the node's first inputs are variables. */
  readonly access: Access | null;
  /** The placeholder nodes of the variables it touches. */
  readonly variables: readonly number[];
}

/** Operations whose output may be the very memory of their input. */
const aliasing = new Set([
  'Identity',
  'Reshape',
  'ExpandDims',
  'Squeeze',
  'StopGradient',
  'Snapshot',
]);

/** A graph in the order in which it was recorded, which is also a topological order. */
export class Graph {
  readonly nodes: GraphNode[] = [];
  private readonly constants = new Map<string, Reference>();

  add(node: GraphNode): number {
    this.nodes.push(node);
    return this.nodes.length - 1;
  }

  /** A node without inputs or effects, such as a placeholder. */
  addSource(operation: string, attributes: readonly Attribute[]): Reference {
    const bare = { inputs: [], constant: null, access: null, variables: [] };
    return { node: this.add({ operation, attributes, ...bare }), output: 0 };
  }

  /** A constant; equal ones are one node. The values are copied. */
  addConstant(dtype: number, shape: readonly number[], values: NativeArray): Reference {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice();
    const digest = createHash('sha1').update(bytes).digest('hex');
    const key = `${dtype}|${shape.join()}|${digest}`;
    const known = this.constants.get(key);
    if (known !== undefined) return known;
    const rest = { attributes: [], inputs: [], access: null, variables: [] };
    const constant = { dtype, shape: [...shape], bytes };
    const reference = { node: this.add({ operation: 'Const', constant, ...rest }), output: 0 };
    this.constants.set(key, reference);
    return reference;
  }
}

/** The nodes that matter: everything that `outputs` or an update of a variable depends on. */
export function liveNodes(graph: Graph, outputs: readonly Reference[]): Set<number> {
  const live = new Set<number>();
  const pending = outputs.map((output) => output.node);
  graph.nodes.forEach((node, index) => {
    if (node.access === 'write') pending.push(index);
  });
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (live.has(index)) continue;
    live.add(index);
    for (const input of graph.nodes[index]?.inputs ?? []) pending.push(input.node);
  }
  return live;
}

/**
 * Which nodes must run before which others although no data flows between them, so that the graph does
 * what the recorded order did: a read comes after the last update before it; an update comes after the
 * last update and all reads before it, and also after whatever uses those reads, because an update while
 * a read value is in use would have to copy the variable first.
 */
export function controlEdges(graph: Graph, live: ReadonlySet<number>): Map<number, number[]> {
  const edges = new Map<number, number[]>();
  const consumers = consumersOf(graph, live);
  const lastWrite = new Map<number, number>();
  const readers = new Map<number, number[]>();
  graph.nodes.forEach((node, index) => {
    if (node.access === null || !live.has(index)) return;
    const before = new Set<number>();
    for (const variable of node.variables) {
      const write = lastWrite.get(variable);
      if (write !== undefined) before.add(write);
      if (node.access === 'read') {
        readers.set(variable, [...(readers.get(variable) ?? []), index]);
        continue;
      }
      for (const reader of readers.get(variable) ?? []) {
        before.add(reader);
        for (const user of usersBefore(graph, consumers, reader, index)) before.add(user);
      }
      readers.set(variable, []);
      lastWrite.set(variable, index);
    }
    for (const input of node.inputs) before.delete(input.node);
    if (before.size > 0) edges.set(index, [...before]);
  });
  return edges;
}

function consumersOf(graph: Graph, live: ReadonlySet<number>): Map<number, number[]> {
  const consumers = new Map<number, number[]>();
  graph.nodes.forEach((node, index) => {
    if (!live.has(index)) return;
    for (const input of node.inputs) {
      const known = consumers.get(input.node);
      if (known === undefined) consumers.set(input.node, [index]);
      else known.push(index);
    }
  });
  return consumers;
}

/** Nodes recorded before `limit` that use the value of `node`, directly or through an alias of it. */
function usersBefore(
  graph: Graph,
  consumers: ReadonlyMap<number, readonly number[]>,
  node: number,
  limit: number,
): number[] {
  const users: number[] = [];
  const pending = [node];
  for (let current = pending.pop(); current !== undefined; current = pending.pop()) {
    for (const user of consumers.get(current) ?? []) {
      if (user >= limit) continue;
      users.push(user);
      if (aliasing.has(graph.nodes[user]?.operation ?? '')) pending.push(user);
    }
  }
  return users;
}
