import type { MethodDefinition } from '#engine/methods/method.ts';
import { evaluationMetricInfos } from '#engine/evaluation/metric-infos.ts';
import type { ModelBasedConfig } from '#engine/recipes/model-based/config.ts';
import { modelBasedDeviations } from '#engine/recipes/model-based/deviations.ts';
import { modelBasedWorkload } from '#engine/recipes/model-based/workload.ts';
import { dorlPresets, dorlSchema } from './config.ts';

export const method: MethodDefinition<ModelBasedConfig> = {
  name: 'dorl',
  title: 'DORL',
  summary: 'MOPO’s reward plus λ_E times the entropy of what the log shows after the last items.',
  paper: {
    title:
      'Alleviating Matthew Effect of Offline Reinforcement Learning in Interactive Recommendation',
    reference: 'Gao et al., SIGIR 2023, arXiv 2307.04571',
  },
  reconstruction: false,
  deviations: [
    'P_E is the normalised entropy of the published code, not the KL divergence of the paper.',
    'On Coat and Yahoo the published runs have no entropy contexts, so that DORL there is MOPO with another λ_U.',
    ...modelBasedDeviations,
  ],
  schema: dorlSchema,
  presets: dorlPresets,
  metrics: evaluationMetricInfos,
  workload: modelBasedWorkload,
  async phases(context, config) {
    const { modelBasedPhases } = await import('#engine/recipes/model-based/recipe.ts');
    return modelBasedPhases(context, config);
  },
};
