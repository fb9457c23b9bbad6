import { z } from 'zod';
import { nameSchema } from './names.ts';
import { protocolPresets, protocolSchema } from './protocol.ts';
import { deviceRequestSchema } from './run.ts';

const presetNames = Object.keys(protocolPresets) as [
  keyof typeof protocolPresets,
  ...(keyof typeof protocolPresets)[],
];

/** What a file may say of a schema's fields: any of them, unknown names refused, no default filled in. */
function partsOf<Shape extends Record<string, z.ZodDefault>>(schema: z.ZodObject<Shape>) {
  const parts = Object.entries(schema.shape).map(([name, field]) => [
    name,
    z.optional(field.removeDefault()),
  ]);
  return z.strictObject(
    Object.fromEntries(parts) as {
      [Name in keyof Shape]: z.ZodOptional<ReturnType<Shape[Name]['removeDefault']>>;
    },
  );
}

/** A method by name, or with a label and changed hyper-parameters; a list as a value is a grid axis. */
export const methodUseSchema = z.union([
  nameSchema,
  z.strictObject({
    use: nameSchema,
    label: z.string().min(1).max(120).optional(),
    set: z.record(z.string(), z.unknown()).default({}),
  }),
]);

/** An experiment file: datasets x methods x hyper-parameters x seeds. */
export const experimentFileSchema = z.strictObject({
  name: nameSchema,
  description: z.string().max(4000).optional(),
  datasets: z.array(nameSchema).min(1, 'An experiment needs at least one dataset.').max(100),
  methods: z.array(methodUseSchema).min(1, 'An experiment needs at least one method.').max(200),
  seeds: z.array(z.number().int().min(0).max(0xffffffff)).min(1).max(1000).default([0]),
  protocol: z
    .union([
      z.enum(presetNames),
      partsOf(protocolSchema).extend({ preset: z.enum(presetNames).optional() }),
    ])
    .default('nx0'),
  compute: partsOf(deviceRequestSchema).default({}),
  priority: z.number().int().min(-100).max(100).default(0),
});

export type MethodUse = z.infer<typeof methodUseSchema>;
export type ExperimentFile = z.infer<typeof experimentFileSchema>;
