import type { MethodDefinition } from '#engine/methods/method.ts';
import { evaluationMetricInfos } from '#engine/evaluation/metric-infos.ts';
import type { ModelBasedConfig } from '#engine/recipes/model-based/config.ts';
import { modelBasedDeviations } from '#engine/recipes/model-based/deviations.ts';
import { modelBasedWorkload } from '#engine/recipes/model-based/workload.ts';
import { mbpoPresets, mbpoSchema } from './config.ts';

export const method: MethodDefinition<ModelBasedConfig> = {
  name: 'mbpo',
  title: 'MBPO',
  summary: 'A2C in the reward that an ensemble of DeepFMs predicts, without any penalty.',
  paper: {
    title: 'When to Trust Your Model: Model-Based Policy Optimization',
    reference: 'Janner et al., NeurIPS 2019; as a recommender baseline in Gao et al., SIGIR 2023',
  },
  reconstruction: false,
  deviations: [
    'As in the recommender literature, whole episodes are simulated; there are no branched rollouts.',
    ...modelBasedDeviations,
  ],
  schema: mbpoSchema,
  presets: mbpoPresets,
  metrics: evaluationMetricInfos,
  workload: modelBasedWorkload,
  async phases(context, config) {
    const { modelBasedPhases } = await import('#engine/recipes/model-based/recipe.ts');
    return modelBasedPhases(context, config);
  },
};
