import type { MethodPreset } from '#engine/methods/method.ts';
import { modelBasedSchema } from '#engine/recipes/model-based/config.ts';

/** The recipe's defaults are MBPO: no penalty, no entropy bonus. */
export const mbpoSchema = modelBasedSchema;

const source = 'DORL experiment logs, A2C policies (Gao et al., SIGIR 2023)';

export const mbpoPresets: readonly MethodPreset[] = [
  { dataset: 'coat', source, values: {} },
  { dataset: 'yahoo', source, values: { worldModelBatchSize: 128 } },
];
