import type { z } from 'zod';

/** What a form, a flag and the documentation say about a hyper-parameter. */
export interface FieldMeta {
  readonly title: string;
  readonly help: string;
  /** As in the paper, such as `λ_U`. */
  readonly symbol?: string;
  readonly unit?: string;
  /** Heading under which a form shows it. */
  readonly group: string;
}

/** A hyper-parameter: a Zod schema with its default and its description. */
export function field<Schema extends z.ZodType>(
  schema: Schema,
  initial: z.core.util.NoUndefined<z.output<Schema>>,
  meta: FieldMeta,
): z.ZodDefault<Schema> {
  // The description hangs on the default so that it survives wherever the field is taken from.
  return schema.default(initial).meta({ ...meta });
}

/** The same object with other defaults for some fields; titles, ranges and help stay. */
export function withDefaults<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
  defaults: Partial<z.output<z.ZodObject<Shape, z.core.$strict>>>,
): z.ZodObject<Shape, z.core.$strict> {
  const fields: Record<string, z.ZodType> = {};
  for (const [name, value] of Object.entries(defaults)) {
    const known = schema.shape[name] as unknown as z.ZodDefault<z.ZodType>;
    fields[name] = known
      .unwrap()
      .default(value)
      .meta(known.meta() ?? {});
  }
  return schema.extend(fields) as unknown as z.ZodObject<Shape, z.core.$strict>;
}
