import { z } from 'zod';
import { experimentFileSchema } from '#contract/experiment.ts';
import type { MethodDefinition } from '#engine/methods/method.ts';
import { getMethod, listMethods } from '#engine/methods/registry.ts';
import type { MethodDetail, MethodSummary, Methods } from './api.ts';

type JsonSchema = Record<string, unknown>;

function summaryOf(method: MethodDefinition): MethodSummary {
  const { name, title, summary, paper, reconstruction, deviations, presets, metrics } = method;
  return { name, title, summary, paper, reconstruction, deviations, presets, metrics };
}

function schemaOf(method: MethodDefinition): JsonSchema {
  return z.toJSONSchema(method.schema, { io: 'input', unrepresentable: 'any' });
}

/** A field of a configuration in an experiment file: one value, or a list of values to try. */
function orList(field: unknown): JsonSchema {
  return { anyOf: [field, { type: 'array', items: field, minItems: 1 }] };
}

function useSchema(method: MethodDefinition): JsonSchema {
  const fields = (schemaOf(method)['properties'] ?? {}) as Record<string, unknown>;
  return {
    type: 'object',
    properties: {
      use: { const: method.name, description: method.summary },
      label: { type: 'string' },
      set: {
        type: 'object',
        properties: Object.fromEntries(
          Object.entries(fields).map(([name, field]) => [name, orList(field)]),
        ),
        additionalProperties: false,
      },
    },
    required: ['use'],
    additionalProperties: false,
  };
}

async function experimentSchema(): Promise<JsonSchema> {
  const methods = await listMethods();
  const schema = z.toJSONSchema(experimentFileSchema, { io: 'input', unrepresentable: 'any' });
  const properties = (schema.properties ?? {}) as Record<string, unknown>;
  const names = { enum: methods.map(({ name }) => name) };
  const items = { anyOf: [names, ...methods.map(useSchema)] };
  return {
    ...schema,
    title: 'Offrec experiment',
    properties: { ...properties, methods: { type: 'array', minItems: 1, items } },
  };
}

/** The registry of methods, as doors show it. */
export function createMethods(): Methods {
  return {
    list: async () => (await listMethods()).map(summaryOf),
    async show(name): Promise<MethodDetail> {
      const method = await getMethod(name);
      const defaults = method.schema.parse({}) as Record<string, unknown>;
      return { ...summaryOf(method), defaults, jsonSchema: schemaOf(method) };
    },
    experimentSchema,
  };
}
