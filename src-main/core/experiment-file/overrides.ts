import { OffrecError } from '#contract/errors.ts';
import { everyEntry, fileFields, formatPath, parsePath, type FieldPath } from './path.ts';
import { parseSource } from './source.ts';

/** One `--set path=value`. */
export interface Override {
  readonly path: FieldPath;
  readonly value: unknown;
  /** As it was written, for error messages. */
  readonly text: string;
}

/**
 * Reads `path=value`; the value is YAML: a number, a word, `[0, 1]`, `{a: 1}`.
 * @throws OffrecError `usage`
 */
export function parseOverride(text: string): Override {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new OffrecError('usage', `'--set ${text}' has no value.`, {
      hint: 'Write --set path=value, such as --set seeds=[0,1] or --set epochs=50.',
    });
  }
  const path = parsePath(text.slice(0, at).trim());
  return { path, value: parseValue(text.slice(at + 1), text), text };
}

function parseValue(text: string, whole: string): unknown {
  if (text.trim() === '') return '';
  try {
    return parseSource(text, `--set ${whole}`).value;
  } catch (error) {
    if (!(error instanceof OffrecError)) throw error;
    throw new OffrecError('usage', error.message, {
      where: `--set ${whole}`,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

/** Values with overrides applied, and which override put what where. */
export interface Overridden {
  readonly value: unknown;
  readonly places: readonly { readonly path: FieldPath; readonly text: string }[];
}

/**
 * Sets fields in a copy, in order. A path that begins with no field of the file is a hyper-parameter: `epochs`
 * of every method, `dorl.epochs` of the methods of that name or label. What is written in its short form (a
 * method's name, a protocol's name) is written out first.
 * @throws OffrecError `usage` when a path leads nowhere
 */
export function applyOverrides(value: unknown, overrides: readonly Override[]): Overridden {
  return overrides.reduce<Overridden>(
    (before, override) => {
      const paths = expand(before.value, fullPaths(before.value, override.path), override);
      return {
        value: paths.reduce((file, path) => setIn(file, path, override, []), before.value),
        places: [...before.places, ...paths.map((path) => ({ path, text: override.text }))],
      };
    },
    { value, places: [] },
  );
}

/** The path itself, or those of the methods that a hyper-parameter's short form means. */
function fullPaths(file: unknown, path: FieldPath): FieldPath[] {
  const [first, ...rest] = path;
  if (typeof first !== 'string' || fileFields.includes(first)) return [path];
  const methods: unknown = isRecord(file) ? file['methods'] : undefined;
  const all = Array.isArray(methods) ? methods.map((method: unknown, at) => ({ method, at })) : [];
  const named = rest.length > 0 ? all.filter(({ method }) => isNamed(method, first)) : [];
  const setting = named.length > 0 ? rest : path;
  return (named.length > 0 ? named : all).map(({ at }) => ['methods', at, 'set', ...setting]);
}

function isNamed(method: unknown, name: string): boolean {
  if (!isRecord(method)) return method === name;
  return method['use'] === name || method['label'] === name;
}

/** Every `*` replaced by each position of its list. */
function expand(file: unknown, paths: readonly FieldPath[], override: Override): FieldPath[] {
  return paths.flatMap((path) => {
    const at = path.indexOf(everyEntry);
    if (at < 0) return [path];
    const list = entries(getIn(file, path.slice(0, at)), override, path.slice(0, at));
    const each = list.map((_entry, position) => path.with(at, position));
    return expand(file, each, override);
  });
}

const getIn = (value: unknown, path: FieldPath): unknown =>
  path.reduce<unknown>(
    (inner, part) =>
      inner === null || inner === undefined ? undefined : Reflect.get(Object(inner), part),
    value,
  );

function setIn(target: unknown, path: FieldPath, override: Override, done: FieldPath): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return override.value;
  const whole = writeOut(target, done);
  const next = (child: unknown): unknown => setIn(child, rest, override, [...done, part]);
  if (typeof part === 'number') {
    const list = entries(whole, override, done);
    if (part < list.length) return list.map((child, at) => (at === part ? next(child) : child));
    const count = `${formatPath(done)} has ${list.length} entries, counted from 0.`;
    throw leadsNowhere(override, count);
  }
  if (whole !== undefined && !isRecord(whole)) {
    throw leadsNowhere(override, `${formatPath(done) || 'The file'} has no fields.`);
  }
  return { ...whole, [part]: next(whole?.[part]) };
}

/** `mbpo` as `{ use: mbpo }`, `nx0` as `{ preset: nx0 }`: the forms that have fields. */
function writeOut(value: unknown, path: FieldPath): unknown {
  if (typeof value !== 'string') return value;
  if (path[0] === 'methods' && path.length === 2) return { use: value };
  if (path[0] === 'protocol' && path.length === 1) return { preset: value };
  return value;
}

function entries(value: unknown, override: Override, path: FieldPath): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw leadsNowhere(override, `${formatPath(path) || 'The file'} is no list.`);
}

const leadsNowhere = (override: Override, message: string): OffrecError =>
  new OffrecError('usage', message, { where: `--set ${override.text}` });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
