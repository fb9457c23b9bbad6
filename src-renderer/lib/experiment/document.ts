import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** Names of fields and positions in lists, from the file's root. */
export type FilePath = readonly (string | number)[];

export interface TextProblem {
  readonly message: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export type ReadText =
  | { readonly value: Readonly<Record<string, unknown>>; readonly problem: null }
  | { readonly value: null; readonly problem: TextProblem };

const options = { version: '1.2', schema: 'core', strict: true, merge: false } as const;
const maxAliases = 100;

/** The text of an experiment file as plain values, whatever they are; or why there are none. */
export function readText(text: string): ReadText {
  const lines = new LineCounter();
  const document = parseDocument(text, { ...options, lineCounter: lines, prettyErrors: false });
  const fail = (message: string, offset: number): ReadText => {
    const { line, col } = lines.linePos(offset);
    return { value: null, problem: { message, line: Math.max(1, line), column: Math.max(1, col) } };
  };
  const [error] = document.errors;
  if (error !== undefined) return fail(error.message, error.pos[0]);
  if (document.contents === null) return { value: {}, problem: null };
  if (!isMap(document.contents)) return fail('An experiment file is a map of fields.', 0);
  try {
    const value = document.toJS({ maxAliasCount: maxAliases }) as Record<string, unknown>;
    return { value, problem: null };
  } catch (thrown) {
    return fail(thrown instanceof Error ? thrown.message : String(thrown), 0);
  }
}

/**
 * The text with another value at a path, or without the field (undefined). Comments, order and everything that is
 * not on the path stay; comments of what is taken out move to what follows it. Text that cannot be read stays as it is.
 */
export function editText(text: string, path: FilePath, value: unknown): string {
  const document = parseDocument(text, options);
  if (document.errors.length > 0) return text;
  if (document.contents !== null && !isMap(document.contents)) return text;
  if (document.contents === null) {
    if (value === undefined) return text;
    document.contents = document.createNode({}) as unknown as typeof document.contents;
  }
  const aliases = aliasValues(document);
  edit(document, document.contents as unknown as YAMLMap, path, value, []);
  return print(document, aliases);
}

/** What each alias repeats, so that it can be written out when its anchor is taken out. */
function aliasValues(document: Document): Map<Node, unknown> {
  const values = new Map<Node, unknown>();
  visit(document, { Alias: (_key, alias) => void values.set(alias, alias.toJS(document)) });
  return values;
}

function print(document: Document, aliases: ReadonlyMap<Node, unknown>): string {
  visit(document, {
    Alias: (_key, alias) =>
      alias.resolve(document) === undefined ? document.createNode(aliases.get(alias)) : undefined,
  });
  return withoutPadding(document.toString({ lineWidth: 0 }));
}

/** Lists in one line as they are usually written: `[a, b]`, while maps keep their spaces: `{ a: 1 }`. */
function withoutPadding(text: string): string {
  const gaps: number[] = [];
  visit(parseDocument(text, options), {
    Seq: (_key, list) => {
      const [start, end] = list.range ?? [0, 0];
      if (list.flow !== true || list.items.length === 0) return;
      if (text.startsWith('[ ', start) && text[start + 2] !== '#') gaps.push(start + 1);
      if (text.startsWith(' ]', end - 2)) gaps.push(end - 2);
    },
  });
  const removed = new Set(gaps);
  return Array.from({ length: text.length }, (_, at) =>
    removed.has(at) ? '' : text.charAt(at),
  ).join('');
}

type Parent = YAMLMap | YAMLSeq;

function edit(
  document: Document,
  parent: Parent,
  path: FilePath,
  value: unknown,
  done: FilePath,
): void {
  const [first, ...further] = path;
  if (first === undefined) return;
  const [part, rest] = isMap(parent) ? dottedPart(parent, path) : [first, further];
  if (rest.length === 0) {
    if (value === undefined) remove(parent, part);
    else put(document, parent, part, value);
    return;
  }
  const inner = writtenOut(document, parent, part, [...done, part]);
  if (inner === null) {
    if (value === undefined) return;
    const [next] = rest;
    put(document, parent, part, typeof next === 'number' ? [] : {});
    edit(document, parent.get(part, true) as unknown as Parent, rest, value, [...done, part]);
    return;
  }
  edit(document, inner, rest, value, [...done, part]);
  // A map that an edit emptied says nothing any more.
  if (value === undefined && isMap(inner) && inner.items.length === 0) remove(parent, part);
}

/** A name that the file writes with dots is one part. */
function dottedPart(map: YAMLMap, path: FilePath): [string | number, FilePath] {
  for (let length = path.length; length > 1; length--) {
    const dotted = path.slice(0, length).join('.');
    if (map.has(dotted)) return [dotted, path.slice(length)];
  }
  return [path[0] ?? '', path.slice(1)];
}

/** The collection at a part: a method or protocol by its name becomes the form that has fields, an alias a copy. */
function writtenOut(
  document: Document,
  parent: Parent,
  part: string | number,
  path: FilePath,
): Parent | null {
  const node = parent.get(part, true) as unknown;
  if (isCollection(node)) return node as Parent;
  if (isAlias(node)) {
    put(document, parent, part, node.toJS(document));
    return parent.get(part, true) as unknown as Parent;
  }
  if (!isScalar(node) || typeof node.value !== 'string') return null;
  const name =
    path[0] === 'methods' && path.length === 2 ? 'use' : path[0] === 'protocol' ? 'preset' : null;
  if (name === null) return null;
  put(document, parent, part, { [name]: node.value });
  return parent.get(part, true) as unknown as Parent;
}

function put(document: Document, parent: Parent, part: string | number, value: unknown): void {
  const before = parent.get(part, true) as unknown;
  if (isSeq(before) && Array.isArray(value)) {
    putItems(document, before, value);
    return;
  }
  const node = document.createNode(value);
  if (isSeq(node)) node.flow = node.items.every(isScalar) || node.items.length === 0;
  // An empty list in brackets says nothing of how its first item should look.
  if (isSeq(parent) && parent.items.length === 0) parent.flow = false;
  if (isNode(before)) takeComments(parent, part, node, before);
  parent.set(part, node);
}

/** Items that stay keep their comments; those of the others go to the end of the list. */
function putItems(document: Document, list: YAMLSeq, values: readonly unknown[]): void {
  const old = list.items.map((item) => item as Node);
  const free = new Set(old);
  const items = values.map((value) => {
    const wanted = JSON.stringify(value);
    const same = old.find(
      (item) => free.has(item) && JSON.stringify(item.toJS(document)) === wanted,
    );
    if (same === undefined) {
      const node = document.createNode(value) as Node;
      if (isMap(node) || isSeq(node)) node.flow = true;
      return node;
    }
    free.delete(same);
    return same;
  });
  list.items = items;
  if (items.length === 0) list.flow = true;
  addBefore(list, [...free].flatMap(commentsOf), 'comment');
}

function takeComments(parent: Parent, part: string | number, node: Node, before: Node): void {
  if (isScalar(before) && isScalar(node)) {
    node.comment = before.comment ?? null;
    node.commentBefore = before.commentBefore ?? null;
    node.spaceBefore = before.spaceBefore ?? false;
    if (typeof node.value === 'string' && before.type !== undefined) node.type = before.type;
    return;
  }
  const pair = pairOf(parent, part);
  const target = pair === null ? node : (pair.key as Node);
  addBefore(target, commentsOf(before), 'commentBefore');
  if (isSeq(parent)) node.spaceBefore = before.spaceBefore ?? false;
}

function pairOf(parent: Parent, part: string | number): Pair | null {
  if (!isMap(parent)) return null;
  return parent.items.find(({ key }) => String((key as Scalar).value) === String(part)) ?? null;
}

function remove(parent: Parent, part: string | number): void {
  const at = isMap(parent)
    ? parent.items.findIndex(({ key }) => String((key as Scalar).value) === String(part))
    : Number(part);
  const gone = parent.items[at] as Node | Pair | undefined;
  if (gone === undefined) return;
  parent.items.splice(at, 1);
  const comments = commentsOf(gone);
  const next = parent.items[at] as Node | Pair | undefined;
  if (next === undefined) addBefore(parent, comments, 'comment');
  else addBefore(isPair(next) ? (next.key as Node) : next, comments, 'commentBefore');
}

/** Every comment at a node and in it, in order. */
function commentsOf(node: Node | Pair): string[] {
  const comments: string[] = [];
  const add = (text: string | null | undefined): void => {
    if (text) comments.push(text);
  };
  const collect = (each: Node): void => {
    add(each.commentBefore);
    add(each.comment);
  };
  if (isPair(node)) {
    for (const side of [node.key, node.value]) {
      if (isNode(side)) visit(side, { Node: (_key, each) => collect(each as Node) });
    }
  } else visit(node, { Node: (_key, each) => collect(each as Node) });
  return comments;
}

function addBefore(
  node: Node,
  comments: readonly string[],
  where: 'comment' | 'commentBefore',
): void {
  if (comments.length === 0) return;
  const own = node[where];
  node[where] = [...comments, ...(own ? [own] : [])].join('\n');
}
