import type { FieldSchema } from '../configuration/fields.ts';
import type { Settings } from '../configuration/values.ts';
import type { FilePath } from './document.ts';

export interface Suggestion {
  readonly label: string;
  readonly detail: string;
  readonly info: string;
}

interface Schema extends FieldSchema {
  readonly description?: string;
  readonly oneOf?: readonly Schema[];
}

const branches = (schema: Schema): Schema[] => [
  schema,
  ...[...((schema.anyOf ?? []) as Schema[]), ...(schema.oneOf ?? [])].flatMap(branches),
];

/** The schemas that may describe what stands at a path; `use` picks the branch of a method. */
function schemasAt(root: Schema, path: FilePath, uses: readonly (string | null)[]): Schema[] {
  let found: Schema[] = [root];
  path.forEach((part, depth) => {
    found = found.flatMap(branches).flatMap((schema): Schema[] => {
      if (typeof part === 'number') return schema.items === undefined ? [] : [schema.items];
      const inner = schema.properties?.[part];
      return inner === undefined ? [] : [inner];
    });
    if (path[0] !== 'methods' || depth !== 1) return;
    const use = uses[Number(part)];
    const own = found
      .flatMap(branches)
      .filter((schema) => (schema.properties?.['use'] as Schema | undefined)?.const === use);
    if (own.length > 0) found = [...own, ...found.filter((schema) => schema.enum !== undefined)];
  });
  return found.flatMap(branches);
}

/** What may be written at a path: names of fields, and values that are listed. */
export function suggestions(
  schema: Settings,
  path: FilePath,
  uses: readonly (string | null)[],
  names: { readonly datasets: readonly string[] },
): { readonly fields: Suggestion[]; readonly values: Suggestion[] } {
  const found = schemasAt(schema as Schema, path, uses);
  const fields = new Map<string, Suggestion>();
  const values = new Map<string, Suggestion>();
  for (const each of found) {
    for (const [label, inner] of Object.entries(each.properties ?? {})) {
      const described = branches(inner).find(({ title }) => title !== undefined) ?? inner;
      const { title, symbol, help } = described;
      const detail = [symbol, title].filter(Boolean).join(' ');
      fields.set(label, { label, detail, info: help ?? (inner as Schema).description ?? '' });
    }
    const listed =
      each.enum ?? ('const' in each ? [each.const] : each.type === 'boolean' ? [true, false] : []);
    for (const value of listed) {
      const label = String(value);
      values.set(label, { label, detail: '', info: each.description ?? '' });
    }
  }
  if (path[0] === 'datasets') {
    for (const label of names.datasets) values.set(label, { label, detail: 'dataset', info: '' });
  }
  return { fields: [...fields.values()], values: [...values.values()] };
}
