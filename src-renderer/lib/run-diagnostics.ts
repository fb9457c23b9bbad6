/** One panel of the diagnostics: curves of several metrics together. */
export interface DiagnosticPanel {
  readonly title: string;
  /** What the reader learns from it. */
  readonly help: string;
  readonly series: readonly { readonly metric: string; readonly name: string }[];
}

export interface DiagnosticSection {
  readonly title: string;
  readonly panels: readonly DiagnosticPanel[];
}

/** A metric with its name in a panel; a name that ends in `/` stands for all metrics that begin with it. */
type Member = readonly [metric: string, name: string];
type Plan = readonly [title: string, help: string, members: readonly Member[]];

const plans: readonly (readonly [section: string, panels: readonly Plan[]])[] = [
  [
    'Returns',
    [
      [
        'Reward gap',
        'What the policy earns in the learned model, and in the ground truth. A gap that grows is exploited error.',
        [
          ['train/simulatedReturn', 'learned model'],
          ['eval/rTra', 'ground truth'],
        ],
      ],
      [
        'Session length',
        'R_tra = length × R_each.',
        [
          ['eval/length', 'length'],
          ['train/length', 'length in the model'],
        ],
      ],
      ['Reward per step', 'R_each: what one recommendation earns.', [['eval/rEach', 'R_each']]],
      [
        'Optimism',
        'Predicted minus true reward over what the policy recommends.',
        [['diagnostics/optimism', 'optimism']],
      ],
    ],
  ],
  [
    'Penalties and entropy',
    [
      [
        'Parts of the reward',
        'Mean size of each term of the simulated reward a step.',
        [['train/rewardTerm/', '']],
      ],
      [
        'Uncertainty',
        'Mean uncertainty of the model over what the policy recommends.',
        [['diagnostics/uncertainty', 'uncertainty']],
      ],
      [
        'Policy entropy',
        'How far the policy is from always choosing the same.',
        [['train/policyEntropy', 'entropy']],
      ],
    ],
  ],
  [
    'What is recommended',
    [
      [
        'Shares by exposure',
        'Recommendations that fall on the rarest to the most frequent quarter of the items of the log.',
        [['diagnostics/exposureShare/', '']],
      ],
      [
        'Shares by category',
        'Recommendations by category; the largest categories of the log.',
        [['diagnostics/categoryShare/', '']],
      ],
      [
        'Domination and coverage',
        'MCD: share with a dominating category. CV: share of the catalogue that is recommended.',
        [
          ['eval/mcd', 'MCD'],
          ['eval/coverage', 'CV'],
        ],
      ],
      [
        'Exposure',
        'Mean training rows of what is recommended.',
        [['diagnostics/exposure', 'exposure']],
      ],
    ],
  ],
];

/** The panels that a run has anything for. */
export function diagnosticSections(metrics: readonly string[]): DiagnosticSection[] {
  const present = ([metric, name]: Member): { metric: string; name: string }[] => {
    if (!metric.endsWith('/')) return metrics.includes(metric) ? [{ metric, name }] : [];
    return metrics
      .filter((each) => each.startsWith(metric))
      .map((each) => ({ metric: each, name: each.slice(metric.length) }));
  };
  return plans
    .map(([title, panels]) => ({
      title,
      panels: panels
        .map(([panel, help, members]) => ({
          title: panel,
          help,
          series: members.flatMap(present),
        }))
        .filter(({ series }) => series.length > 0),
    }))
    .filter(({ panels }) => panels.length > 0);
}
