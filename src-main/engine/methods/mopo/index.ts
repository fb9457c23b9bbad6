import type { MethodDefinition } from '#engine/methods/method.ts';
import { evaluationMetricInfos } from '#engine/evaluation/metric-infos.ts';
import type { ModelBasedConfig } from '#engine/recipes/model-based/config.ts';
import { modelBasedDeviations } from '#engine/recipes/model-based/deviations.ts';
import { modelBasedWorkload } from '#engine/recipes/model-based/workload.ts';
import { mopoPresets, mopoSchema } from './config.ts';

export const method: MethodDefinition<ModelBasedConfig> = {
  name: 'mopo',
  title: 'MOPO',
  summary: 'A2C in the predicted reward less λ_U times its uncertainty.',
  paper: {
    title: 'MOPO: Model-based Offline Policy Optimization',
    reference: 'Yu et al., NeurIPS 2020; as a recommender baseline in Gao et al., SIGIR 2023',
  },
  reconstruction: false,
  deviations: [
    'P_U is the largest predicted variance of the ensemble, which measures noise more than ignorance.',
    ...modelBasedDeviations,
  ],
  schema: mopoSchema,
  presets: mopoPresets,
  metrics: evaluationMetricInfos,
  workload: modelBasedWorkload,
  async phases(context, config) {
    const { modelBasedPhases } = await import('#engine/recipes/model-based/recipe.ts');
    return modelBasedPhases(context, config);
  },
};
