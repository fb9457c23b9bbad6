import type { Field } from './fields.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** Settings from a paper, or from a run, that stand between the defaults and what the reader changed. */
export interface SettingsSource {
  /** Whom they are for, such as a dataset's name. */
  readonly title: string;
  /** Where they are from; null where a dataset has no settings of its own. */
  readonly source: string | null;
  readonly values: Settings;
}

/** What a field is when nobody changes it. */
export interface BaseValue {
  readonly origin: 'default' | 'preset' | 'mixed';
  /** The one value; undefined when it differs by dataset. */
  readonly value: unknown;
  /** By source, when they differ or one of them sets the field. */
  readonly sources: readonly {
    readonly title: string;
    readonly source: string | null;
    readonly value: unknown;
  }[];
}

export const isSettings = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path, where inner names may also be written with dots; undefined when there is none. */
export function valueAt(settings: Settings, path: readonly string[]): unknown {
  const dotted = path.join('.');
  if (Object.hasOwn(settings, dotted)) return settings[dotted];
  const [name = '', ...rest] = path;
  const inner = Object.hasOwn(settings, name) ? settings[name] : undefined;
  if (rest.length === 0) return inner;
  return isSettings(inner) ? valueAt(inner, rest) : undefined;
}

/** The settings with another value at a path; undefined takes the field out, and what is empty then. */
export function withValueAt(settings: Settings, path: readonly string[], value: unknown): Settings {
  const [name = '', ...rest] = path;
  const others = Object.fromEntries(Object.entries(settings).filter(([key]) => key !== name));
  if (rest.length === 0) return value === undefined ? others : { ...settings, [name]: value };
  const inner = settings[name];
  const changed = withValueAt(isSettings(inner) ? inner : {}, rest, value);
  return Object.keys(changed).length === 0 ? others : { ...settings, [name]: changed };
}

/** Equality of plain JSON values. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((each, at) => isSame(each, b[at]));
  }
  if (!isSettings(a) || !isSettings(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => isSame(a[name], b[name]));
}

export function baseOf(field: Field, presets: readonly SettingsSource[]): BaseValue {
  const sources = presets.map(({ title, source, values }) => {
    const own = valueAt(values, field.path);
    return {
      title,
      source: own === undefined ? null : source,
      value: own === undefined ? field.default : own,
    };
  });
  const [first] = sources;
  const isFromPreset = presets.some(({ values }) => valueAt(values, field.path) !== undefined);
  if (first === undefined || !isFromPreset) {
    return { origin: 'default', value: field.default, sources: [] };
  }
  const isOne = sources.every(({ value }) => isSame(value, first.value));
  return isOne
    ? { origin: 'preset', value: first.value, sources }
    : { origin: 'mixed', value: undefined, sources };
}

/** Whether a value is several values to try: a list, and for a field that takes a list, a list of lists. */
export function isAxis(
  field: Pick<Field, 'kind' | 'schema'>,
  value: unknown,
): value is readonly unknown[] {
  if (!Array.isArray(value)) return false;
  const takesList = field.kind === 'list' || takesArray(field.schema);
  return !takesList || (value.length > 0 && value.every((each) => Array.isArray(each)));
}

function takesArray(schema: Field['schema']): boolean {
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types.includes('array') || (schema.anyOf ?? []).some(takesArray);
}
