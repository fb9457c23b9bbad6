import type { MethodPreset } from '#engine/methods/method.ts';
import { withDefaults } from '#engine/methods/fields.ts';
import { modelBasedSchema } from '#engine/recipes/model-based/config.ts';

/** r = R̂ − λ_U P_U. The default λ_U is the one logged for Coat. */
export const mopoSchema = withDefaults(modelBasedSchema, { lambdaU: 0.2 });

const source = 'DORL experiment logs, A2C policies (Gao et al., SIGIR 2023)';

export const mopoPresets: readonly MethodPreset[] = [
  { dataset: 'coat', source, values: { lambdaU: 0.2 } },
  { dataset: 'yahoo', source, values: { lambdaU: 0.05, worldModelBatchSize: 128 } },
];
