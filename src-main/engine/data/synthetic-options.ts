import { z } from 'zod';
import { OffrecError } from '#contract/errors.ts';

const fraction = z.number().min(0).max(1);
const strength = z.number().min(0).max(20);

/** Settings of a synthetic world. Rewards are on the scale rewardMin to rewardMax. */
const syntheticOptionsSchema = z
  .strictObject({
    users: z.number().int().min(2).max(1_000_000).default(200),
    items: z.number().int().min(2).max(1_000_000).default(150),
    /** Number of categories; about a third of the items belong to two. */
    categories: z.number().int().min(1).max(1000).default(12),
    /** Dimension of the latent taste of users and items. */
    factors: z.number().int().min(1).max(64).default(6),
    rewardMin: z.number().default(1),
    rewardMax: z.number().default(5),
    /** Shares of the true reward's variance, up to scale: quality of items, category taste, latent taste. */
    qualityWeight: strength.default(1),
    categoryWeight: strength.default(1),
    tasteWeight: strength.default(1),
    /** Expected training rows a user. */
    interactionsPerUser: z.number().positive().max(1_000_000).default(24),
    /** Held-out rows a user, items drawn uniformly without replacement. */
    testInteractionsPerUser: z.number().int().min(0).max(1_000_000).default(16),
    /** Rounds of logging; after each, what was clicked is exposed more. */
    rounds: z.number().int().min(1).max(1000).default(8),
    /** 0: uniform exposure. 1: the three biases below at full strength. */
    exposureBias: fraction.default(0.7),
    /** Standard deviation of the items' log popularity. */
    popularityBias: strength.default(1.2),
    /** Correlation of popularity with quality. */
    popularityQuality: z.number().min(-1).max(1).default(0.2),
    /** How much more a user meets what they like: the rewards of rarely shown items come from fans. */
    selfSelection: strength.default(0.8),
    /** How much clicks raise the exposure of the item to all, and of its category to the user. */
    feedbackLoop: strength.default(0.6),
    /** Standard deviation of one reward around its true mean, as a fraction of the scale. */
    noise: z.number().min(0).max(0.5).default(0.2),
    /** Extra noise of unpopular items: their standard deviation grows up to 1 + tailNoise times. */
    tailNoise: strength.default(0.5),
    /** The exit rule that suits the world; recorded for protocols that name none. */
    exitRule: z.enum(['none', 'category']).default('category'),
    exitWindowLength: z.number().int().min(1).max(1000).default(4),
    exitThreshold: z.number().min(0).default(1),
    seed: z.number().int().min(0).max(0xffffffff).default(0),
  })
  .refine((o) => o.rewardMin < o.rewardMax, { message: 'rewardMin must be below rewardMax' })
  .refine((o) => o.testInteractionsPerUser <= o.items, {
    message: 'testInteractionsPerUser cannot exceed the number of items',
  })
  .refine((o) => o.users * o.items <= 500_000_000, {
    message: 'users x items may not exceed 500 million: the ground truth is a complete matrix',
  });

export type SyntheticOptions = z.infer<typeof syntheticOptionsSchema>;
export type SyntheticInput = z.input<typeof syntheticOptionsSchema>;

/**
 * Worlds known by name. In `biased`, popular items are the better ones, rarely shown items are seen by their
 * fans only and their rewards are noisy: a model of the log overestimates what it hardly knows.
 */
export const syntheticPresets = {
  demo: {},
  biased: {
    users: 300,
    items: 200,
    rewardMin: 0,
    rewardMax: 1,
    interactionsPerUser: 24,
    exposureBias: 1,
    popularityBias: 1.5,
    popularityQuality: 0.6,
    selfSelection: 0.8,
    feedbackLoop: 0.25,
    noise: 0.08,
    tailNoise: 6,
  },
} as const satisfies Record<string, SyntheticInput>;

export type SyntheticPreset = keyof typeof syntheticPresets;

/** Settings complete with defaults. @throws OffrecError `invalid-input` naming the field. */
export function parseSyntheticOptions(input: SyntheticInput): SyntheticOptions {
  const parsed = syntheticOptionsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new OffrecError(
    'invalid-input',
    `The synthetic world cannot be made: ${issue?.message ?? ''}.`,
    {
      where: issue?.path.join('.') ?? '',
      hint: 'Correct this setting.',
    },
  );
}
