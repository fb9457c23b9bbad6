import { z } from 'zod';

/** The part of a JSON schema (draft 2020-12) that a form looks at. */
export interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly anyOf?: readonly FieldSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: FieldSchema;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly title?: string;
  readonly symbol?: string;
  readonly unit?: string;
  readonly help?: string;
  readonly group?: string;
}

export type FieldKind = 'number' | 'integer' | 'boolean' | 'choice' | 'text' | 'list' | 'json';

/** One field of a configuration, as a form shows it. */
export interface Field {
  /** Names from the configuration's root; more than one where the field is nested. */
  readonly path: readonly string[];
  /** The path with dots. */
  readonly key: string;
  readonly title: string;
  readonly symbol: string | null;
  readonly unit: string | null;
  readonly help: string;
  readonly group: string;
  readonly kind: FieldKind;
  /** What the entries of a list are. */
  readonly item: 'number' | 'integer' | 'text' | null;
  readonly nullable: boolean;
  readonly options: readonly unknown[];
  readonly default: unknown;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly isMinimumExcluded: boolean;
  readonly isMaximumExcluded: boolean;
  readonly schema: FieldSchema;
}

const isNull = (schema: FieldSchema): boolean => schema.type === 'null' || schema.const === null;

/** The schema of what is not null, and whether null is allowed. */
function withoutNull(schema: FieldSchema): { inner: FieldSchema; nullable: boolean } {
  if (Array.isArray(schema.type) && schema.type.includes('null')) {
    const types = schema.type.filter((type) => type !== 'null');
    const [only] = types;
    const type = types.length === 1 && only !== undefined ? only : types;
    return { inner: { ...schema, type }, nullable: true };
  }
  const branches = schema.anyOf?.filter((branch) => !isNull(branch)) ?? [];
  const [only] = branches;
  if (schema.anyOf === undefined || branches.length === schema.anyOf.length) {
    return { inner: schema, nullable: false };
  }
  return { inner: branches.length === 1 && only ? only : { anyOf: branches }, nullable: true };
}

function itemOf(schema: FieldSchema): Field['item'] {
  const type = schema.items?.type;
  if (type === 'integer' || type === 'number') return type;
  return type === 'string' && schema.items?.enum === undefined ? 'text' : null;
}

function kindOf(schema: FieldSchema): FieldKind {
  if (schema.enum !== undefined) return 'choice';
  if (schema.type === 'number' || schema.type === 'integer' || schema.type === 'boolean') {
    return schema.type;
  }
  if (schema.type === 'string') return 'text';
  return schema.type === 'array' && itemOf(schema) !== null ? 'list' : 'json';
}

const otherGroup = 'Other';

function fieldOf(schema: FieldSchema, path: readonly string[], group: string): Field {
  const { inner, nullable } = withoutNull(schema);
  const kind = kindOf(inner);
  // Safe integers are JSON schema's way of saying that there is no bound.
  const bound = (value: number | undefined): number | null =>
    value === undefined || Math.abs(value) >= Number.MAX_SAFE_INTEGER ? null : value;
  return {
    path,
    key: path.join('.'),
    title: schema.title ?? path.at(-1) ?? '',
    symbol: schema.symbol ?? null,
    unit: schema.unit ?? null,
    help: schema.help ?? '',
    group: schema.group ?? group,
    kind,
    item: kind === 'list' ? itemOf(inner) : null,
    nullable,
    options: inner.enum ?? [],
    default: schema.default,
    minimum: bound(inner.exclusiveMinimum ?? inner.minimum),
    maximum: bound(inner.exclusiveMaximum ?? inner.maximum),
    isMinimumExcluded: inner.exclusiveMinimum !== undefined,
    isMaximumExcluded: inner.exclusiveMaximum !== undefined,
    schema,
  };
}

/** Every field of a configuration's schema; those of an inner object stand under the object's title. */
export function fieldsOf(
  schema: FieldSchema,
  path: readonly string[] = [],
  group = otherGroup,
): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const at = [...path, name];
    if (inner.properties === undefined) return [fieldOf(inner, at, group)];
    return fieldsOf(inner, at, inner.group ?? inner.title ?? name);
  });
}

export interface FieldGroup {
  readonly title: string;
  readonly fields: readonly Field[];
}

/** In the order in which the schema first names each group. */
export function groupFields(fields: readonly Field[]): FieldGroup[] {
  return [...Map.groupBy(fields, ({ group }) => group)].map(([title, inGroup]) => ({
    title,
    fields: inGroup,
  }));
}

/** Such as `0 to 1`, `above 0`, `1 or more`; empty where everything is allowed. */
export function rangeText({
  minimum,
  maximum,
  isMinimumExcluded,
  isMaximumExcluded,
}: Pick<Field, 'minimum' | 'maximum' | 'isMinimumExcluded' | 'isMaximumExcluded'>): string {
  const text = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 12 });
  if (minimum === null) {
    if (maximum === null) return '';
    return isMaximumExcluded ? `below ${text(maximum)}` : `at most ${text(maximum)}`;
  }
  if (maximum === null)
    return isMinimumExcluded ? `above ${text(minimum)}` : `${text(minimum)} or more`;
  if (!isMinimumExcluded && !isMaximumExcluded) return `${text(minimum)} to ${text(maximum)}`;
  const upper = isMaximumExcluded ? `below ${text(maximum)}` : `at most ${text(maximum)}`;
  return `${isMinimumExcluded ? 'above' : 'from'} ${text(minimum)}, ${upper}`;
}

const checks = new WeakMap<FieldSchema, z.ZodType>();

/** What the schema says against a value, in its own words; null when nothing. */
export function problemOf({ schema }: Pick<Field, 'schema'>, value: unknown): string | null {
  const check = checks.get(schema) ?? z.fromJSONSchema(schema as z.core.JSONSchema.BaseSchema);
  checks.set(schema, check);
  const result = check.safeParse(value);
  if (result.success) return null;
  const [issue] = result.error.issues;
  const place = issue?.path.length
    ? `entry ${issue.path.map((part) => Number(part) + 1).join('.')}: `
    : '';
  return `${place}${issue?.message ?? 'This value does not fit.'}`;
}
