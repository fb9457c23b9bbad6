import { z } from 'zod';
import { nameSchema } from '../names.ts';
import { route } from '../route.ts';

const valuesSchema = z.record(z.string(), z.unknown());

export const methodSummarySchema = z.object({
  name: z.string(),
  title: z.string(),
  summary: z.string(),
  paper: z.object({ title: z.string(), reference: z.string() }).nullable(),
  /** True when the paper left details open. */
  reconstruction: z.boolean(),
  deviations: z.array(z.string()).readonly(),
  presets: z
    .array(z.object({ dataset: z.string(), source: z.string(), values: valuesSchema }))
    .readonly(),
  metrics: z
    .array(
      z.object({
        metric: z.string(),
        title: z.string(),
        direction: z.enum(['max', 'min', 'none']),
        digits: z.number().int(),
      }),
    )
    .readonly(),
});
export type MethodSummary = z.infer<typeof methodSummarySchema>;

export const methodDetailSchema = methodSummarySchema.extend({
  defaults: valuesSchema,
  /**
   * JSON schema (draft 2020-12) of the configuration: the form is made from it. A field has `title`, `symbol`,
   * `unit`, `help`, `group`, `default`, `minimum`, `maximum`, `enum` as far as they apply.
   */
  jsonSchema: valuesSchema,
});
export type MethodDetail = z.infer<typeof methodDetailSchema>;

export const methodsRoutes = {
  list: route.output(z.array(methodSummarySchema)),
  show: route.input(z.object({ name: nameSchema })).output(methodDetailSchema),
  /** JSON schema of experiment files, every method's fields included. */
  experimentSchema: route.output(valuesSchema),
};
