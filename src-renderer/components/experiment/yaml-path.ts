import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { FilePath } from '../../lib/experiment/document.ts';

type TreeNode = ReturnType<typeof syntaxTree>['topNode'];

/** Where in the file the cursor stands: the path of the map or value around it, and whether a name is being typed. */
export interface YamlPlace {
  readonly path: FilePath;
  /** True where a field's name is written, false where a value is. */
  readonly isName: boolean;
}

/** By the syntax where there is any, by indentation on a line that has nothing yet. */
export function yamlPlace(state: EditorState, position: number): YamlPlace {
  const line = state.doc.lineAt(position);
  const before = line.text.slice(0, position - line.from);
  const word = /[\w.-]*$/.exec(before)?.[0] ?? '';
  const inFlow = flowPlace(state, position - word.length);
  if (inFlow !== null) return inFlow;
  const value = /^\s*(?:- )*([\w.-]+):\s+[\w.-]*$/.exec(before);
  const parents = parentsOf(state, line.number, indentOf(before));
  if (value?.[1] !== undefined) return { path: [...parents, value[1]], isName: false };
  return { path: parents, isName: true };
}

/** Indentation of what is written on a line; the dashes of a list count as much as spaces. */
const indentOf = (text: string): number => /^(?:\s|- )*/.exec(text)?.[0].length ?? 0;

function parentsOf(state: EditorState, lineNumber: number, indent: number): (string | number)[] {
  const path: (string | number)[] = [];
  let limit = indent;
  const own = state.doc.line(lineNumber).text;
  let dashAt = own.trimStart().startsWith('- ') ? own.indexOf('- ') : -1;
  let items = 0;
  for (let number = lineNumber - 1; number > 0; number--) {
    const { text } = state.doc.line(number);
    if (/^\s*(#|$)/.test(text)) continue;
    const dash = text.trimStart().startsWith('-') ? text.indexOf('-') : -1;
    if (dashAt >= 0 && dash === dashAt) items++;
    else if (dashAt < 0 && dash >= 0 && dash < limit && indentOf(text) <= limit) {
      if (indentOf(text) < limit) path.unshift(...nameIn(text));
      dashAt = dash;
      limit = dash;
      continue;
    }
    const at = indentOf(text);
    const isParent = dash < 0 && (at < limit || (dashAt >= 0 && at <= dashAt));
    if (!isParent) continue;
    if (dashAt >= 0) path.unshift(items);
    [items, dashAt, limit] = [0, -1, at];
    path.unshift(...nameIn(text));
    if (at === 0) break;
  }
  return path;
}

const nameIn = (text: string): string[] => {
  const name = /^\s*(?:- )*([\w.-]+):/.exec(text)?.[1];
  return name === undefined ? [] : [name];
};

const flowKinds = ['FlowMapping', 'FlowSequence'];

/** Inside braces or brackets the syntax tree knows the place. */
function flowPlace(state: EditorState, position: number): YamlPlace | null {
  const text = (node: TreeNode): string => state.sliceDoc(node.from, node.to);
  const start = syntaxTree(state).resolveInner(position, -1);
  let isInFlow = false;
  let isName: boolean | null = null;
  const path: (string | number)[] = itemsBefore(start, position);
  for (let node: TreeNode | null = start; node !== null; node = node.parent) {
    if (flowKinds.includes(node.name)) {
      isInFlow = true;
      isName ??= node.name === 'FlowMapping';
    }
    const key = node.name === 'Pair' ? node.getChild('Key') : null;
    if (key !== null && key.to < position) {
      path.unshift(text(key));
      isName ??= false;
    }
    const list = node.parent;
    if (list !== null && (node.name === 'Item' || list.name === 'FlowSequence')) {
      if (!['[', ']', ','].includes(node.name)) path.unshift(positionIn(list, node));
    }
  }
  return isInFlow ? { path, isName: isName === true } : null;
}

/** Between the brackets themselves, the number of items before. */
function itemsBefore(node: TreeNode, position: number): number[] {
  const isMark = ['[', ','].includes(node.name);
  const list = isMark ? node.parent : node;
  if (list === null || list.name !== 'FlowSequence') return [];
  return [list.getChildren('Item').filter(({ to }) => to <= position).length];
}

function positionIn(list: TreeNode, item: TreeNode): number {
  const items = list.getChildren('Item');
  const all = items.length > 0 ? items : list.getChildren('Pair');
  return Math.max(
    0,
    all.findIndex(({ from }) => from === item.from),
  );
}
