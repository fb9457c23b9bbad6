import type { MethodPreset } from '#engine/methods/method.ts';
import { withDefaults } from '#engine/methods/fields.ts';
import { modelBasedSchema } from '#engine/recipes/model-based/config.ts';

/**
 * r = R̂ − λ_U P_U + λ_E P_E. The defaults are the published Coat settings, whose empty list of entropy orders
 * leaves λ_E without effect; logs with time want the orders 1 and 2.
 */
export const dorlSchema = withDefaults(modelBasedSchema, { lambdaU: 0.005, lambdaE: 1 });

const source = 'DORL experiment logs, A2C policies (Gao et al., SIGIR 2023)';

export const dorlPresets: readonly MethodPreset[] = [
  { dataset: 'coat', source, values: { lambdaU: 0.005, lambdaE: 1, entropyOrders: [] } },
  {
    dataset: 'yahoo',
    source,
    values: { lambdaU: 0.01, lambdaE: 1, entropyOrders: [], worldModelBatchSize: 128 },
  },
  {
    dataset: 'synthetic',
    source: 'own choice for logs with time and categories',
    values: { lambdaU: 0.05, lambdaE: 0.5, entropyOrders: [1, 2], entropyLevel: 'item' },
  },
];
