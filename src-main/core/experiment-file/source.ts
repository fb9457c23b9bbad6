import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from 'yaml';
import { OffrecError } from '#contract/errors.ts';
import type { FieldPath } from './path.ts';

/** Larger files are refused before they are read: a file of 1000 methods has a tenth of this. */
export const maxExperimentBytes = 1_000_000;
/** How often aliases may repeat what an anchor holds. */
const maxAliases = 100;
const maxDepth = 50;

type Place = (offset: number) => string;

/** A file's content as plain values, and where in the file each of them stands. */
export interface ExperimentSource {
  readonly filename: string;
  readonly value: unknown;
  /** `file:line:column` of a field, or of the nearest field above it that the file holds. */
  locate(path: FieldPath): string;
}

/**
 * Reads YAML 1.2 (strict, unique keys, no foreign tags) or, for `.json`, JSON.
 * @throws OffrecError `invalid-input` with file, line and column
 */
export function parseSource(text: string, filename: string): ExperimentSource {
  if (Buffer.byteLength(text) > maxExperimentBytes) throw tooLarge(filename);
  if (text.trim() === '') {
    throw new OffrecError('invalid-input', 'The file is empty.', {
      where: filename,
      hint: 'An experiment file names at least an experiment, its datasets and its methods.',
    });
  }
  const lines = new LineCounter();
  const place: Place = (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${filename}:${line}:${col}`;
  };
  const json = filename.toLowerCase().endsWith('.json');
  const document = parseYaml(text, lines);
  const jsonValue = json ? parseJson(text, filename) : undefined;
  refuseErrors(document, json ? 'JSON' : 'YAML', place);
  checkNodes(document, place);
  const value = json ? jsonValue : toValue(document, filename);
  return { filename, value, locate: (path) => place(offsetOf(document, path)) };
}

export function tooLarge(filename: string): OffrecError {
  return new OffrecError('invalid-input', `The file has more than ${maxExperimentBytes} bytes.`, {
    where: filename,
    hint: 'Is this an experiment file? A log is imported with: offrec datasets import log FILE.',
  });
}

function parseYaml(text: string, lineCounter: LineCounter): Document.Parsed {
  return parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    // Checked below in linear time; the reader compares every key with every other.
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter,
  });
}

const tooDeep = (where: string): OffrecError =>
  new OffrecError('invalid-input', `Nested more than ${maxDepth} levels deep.`, { where });

function refuseErrors(document: Document.Parsed, kind: string, place: Place): void {
  // Warnings are foreign tags and directives: their values would not be what the author meant.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem === undefined) return;
  const where = place(problem.pos[0]);
  if (problem.code === 'RESOURCE_EXHAUSTION') throw tooDeep(where);
  throw new OffrecError(
    'invalid-input',
    `The file is no valid ${kind}: ${problem.message.split('\n')[0]}`,
    { where },
  );
}

function parseJson(text: string, filename: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    const [, line, column] = /\(line (\d+) column (\d+)\)/.exec(detail) ?? [];
    throw new OffrecError('invalid-input', `The file is no valid JSON: ${detail}`, {
      where: line === undefined ? filename : `${filename}:${line}:${column}`,
      hint: 'A file with the ending .yaml may use YAML.',
    });
  }
}

function toValue(document: Document.Parsed, filename: string): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases });
  } catch (cause) {
    if (!(cause instanceof ReferenceError)) throw cause;
    throw new OffrecError('invalid-input', 'The file repeats itself through too many aliases.', {
      where: filename,
      hint: `Write the values out; aliases may repeat at most ${maxAliases} nodes.`,
      cause,
    });
  }
}

/** Refuses, with its place, what parses and still cannot be meant: depth, double keys, odd numbers and names. */
function checkNodes(document: Document.Parsed, place: Place): void {
  const open: { node: Node; depth: number }[] = [];
  const push = (node: unknown, depth: number): void => {
    if (node !== null && typeof node === 'object') open.push({ node: node as Node, depth });
  };
  push(document.contents, 0);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    if (depth > maxDepth) throw tooDeep(place(startOf(node)));
    if (isScalar(node)) checkNumber(node.value, place(startOf(node)));
    else if (isMap(node)) {
      checkKeys(node, place);
      node.items.forEach(({ value }) => push(value, depth + 1));
    } else if (isSeq(node)) node.items.forEach((item) => push(item, depth + 1));
  }
}

const startOf = (node: unknown): number => (node as Node | null)?.range?.[0] ?? 0;

function checkNumber(value: unknown, where: string): void {
  if (typeof value !== 'number' || Number.isFinite(value)) return;
  throw new OffrecError('invalid-input', 'NaN and infinite numbers have no meaning here.', {
    where,
    hint: 'Write a finite number.',
  });
}

function checkKeys(map: YAMLMap, place: Place): void {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    const where = place(startOf(key));
    const name = isScalar(key) ? String(key.value) : null;
    if (name === null || name === '__proto__') {
      throw new OffrecError('invalid-input', `${name ?? 'A list or map'} cannot be a name here.`, {
        where,
      });
    }
    if (seen.has(name)) {
      throw new OffrecError('invalid-input', `'${name}' stands twice in the same map.`, {
        where,
        hint: 'Remove one; for several values write a list.',
      });
    }
    seen.add(name);
  }
}

/** Where a field begins; for a field that is not there, where the nearest one above it begins. */
function offsetOf(document: Document.Parsed, path: FieldPath): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
