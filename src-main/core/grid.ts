import { OffrecError } from '#contract/errors.ts';

/** The part of a JSON schema that the expansion looks at. */
export interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly FieldSchema[];
  readonly properties?: Readonly<Record<string, FieldSchema>>;
}

/** One field that takes several values. */
interface Axis {
  readonly path: readonly string[];
  readonly values: readonly unknown[];
}

/** One point of a grid: the changes, and a text that tells it from the others. */
export interface GridPoint {
  readonly set: Readonly<Record<string, unknown>>;
  /** Such as `lambdaU=0.005, epochs=100`; empty when there is no axis. */
  readonly difference: string;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function takesList(schema: FieldSchema | undefined): boolean {
  if (schema === undefined) return false;
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types.includes('array') || (schema.anyOf ?? []).some(takesList);
}

/** A list is an axis unless the field itself takes a list; there, a list of lists is. */
function isAxis(value: unknown, schema: FieldSchema | undefined): value is readonly unknown[] {
  if (!Array.isArray(value)) return false;
  return !takesList(schema) || (value.length > 0 && value.every((each) => Array.isArray(each)));
}

/** Fields named with dots become nested ones: `a.b: 1` is `a: {b: 1}`. */
function nested(set: Readonly<Record<string, unknown>>, where: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(set)) {
    const names = key.split('.');
    if (names.some((name) => name === '' || name === '__proto__')) {
      throw new OffrecError('invalid-input', 'A field has no proper name.', {
        where: `${where}.${key}`,
      });
    }
    let target = result;
    for (const name of names.slice(0, -1)) {
      const inner = Object.hasOwn(target, name) ? target[name] : undefined;
      target = isObject(inner) ? inner : (target[name] = {});
    }
    target[names.at(-1) ?? key] = isObject(value) ? nested(value, `${where}.${key}`) : value;
  }
  return result;
}

function findAxes(
  set: Readonly<Record<string, unknown>>,
  schema: FieldSchema,
  path: readonly string[],
): Axis[] {
  return Object.entries(set).flatMap(([name, value]): Axis[] => {
    const inner = schema.properties?.[name];
    if (isObject(value)) return findAxes(value, inner ?? {}, [...path, name]);
    return isAxis(value, inner) ? [{ path: [...path, name], values: value }] : [];
  });
}

function withValue(
  set: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [name, ...rest] = path;
  if (name === undefined) return { ...set };
  const inner = set[name];
  return {
    ...set,
    [name]: rest.length === 0 ? value : withValue(isObject(inner) ? inner : {}, rest, value),
  };
}

const mostPoints = 10_000;

/**
 * Every combination of the lists in `set`, the last list changing fastest. Throws `invalid-input` for an empty
 * list or too many combinations.
 */
export function expandGrid(
  given: Readonly<Record<string, unknown>>,
  schema: FieldSchema,
  where: string,
): GridPoint[] {
  const set = nested(given, where);
  const axes = findAxes(set, schema, []);
  const empty = axes.find((axis) => axis.values.length === 0);
  if (empty !== undefined) {
    throw new OffrecError('invalid-input', 'A list of values is empty.', {
      where: `${where}.${empty.path.join('.')}`,
      hint: 'Give at least one value, or leave the field out.',
    });
  }
  if (axes.reduce((product, axis) => product * axis.values.length, 1) > mostPoints) {
    throw new OffrecError('invalid-input', `More than ${String(mostPoints)} combinations.`, {
      where,
      hint: 'Shorten a list of values.',
    });
  }
  let points: GridPoint[] = [{ set, difference: '' }];
  for (const { path, values } of axes) {
    points = points.flatMap((point) =>
      values.map((value) => {
        const text = `${path.join('.')}=${JSON.stringify(value)}`;
        return {
          set: withValue(point.set, path, value),
          difference: point.difference === '' ? text : `${point.difference}, ${text}`,
        };
      }),
    );
  }
  return points;
}

/** `change` over `base`, field by field; lists and other values replace. */
export function merge(
  base: Readonly<Record<string, unknown>>,
  change: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(change)) {
    const before = result[name];
    result[name] = isObject(before) && isObject(value) ? merge(before, value) : value;
  }
  return result;
}
