import { z } from 'zod';
import { nameSchema, runIdSchema } from './names.ts';

/** What a quantity of a played session is: its place in a row of values is its place in the list. */
export const quantitySchema = z.object({
  name: z.string(),
  title: z.string(),
  /** As in the paper, such as `R̂`; null when it has none. */
  symbol: z.string().nullable(),
});

/** How a session is to be played; the same request gives the same session. */
export const playRequestSchema = z.object({
  run: runIdSchema,
  /** Default: the newest. */
  checkpoint: nameSchema.optional(),
  /** 0-based user; without it one is drawn from the seed. */
  user: z.number().int().nonnegative().optional(),
  seed: z.number().int().min(0).max(0xffffffff).default(0),
  /** Default: as the run's protocol says. */
  acting: z.enum(['sampled', 'greedy']).optional(),
  /** Candidates told at each step. */
  top: z.number().int().min(1).max(50).default(8),
});
export type PlayRequest = z.input<typeof playRequestSchema>;

const candidateSchema = z.object({
  item: z.number().int().nonnegative(),
  /** π(item | state), after items that may not come again are left out. */
  probability: z.number(),
  /** The ground truth's reward. */
  trueReward: z.number(),
  /** Whether the user would leave after it. */
  leaves: z.boolean(),
  /** In the order of `itemQuantities`; null where there is none. */
  values: z.array(z.number().nullable()).readonly(),
});
export type Candidate = z.infer<typeof candidateSchema>;

const playedStepSchema = z.object({
  /** 0-based. */
  turn: z.number().int().nonnegative(),
  chosen: candidateSchema,
  /** 1 for the most probable item. */
  rank: z.number().int().positive(),
  /** Entropy of the policy in nats. */
  entropy: z.number(),
  /** Sum of true rewards up to and with this step. */
  runningReturn: z.number(),
  /** In the order of `stateQuantities`. */
  state: z.array(z.number()).readonly(),
  /** The most probable items, first the most probable. */
  top: z.array(candidateSchema).readonly(),
});
export type PlayedStep = z.infer<typeof playedStepSchema>;

const describedSchema = z.object({
  /** Original id of the log; null when the source has none. */
  id: z.string().nullable(),
  features: z
    .array(z.object({ name: z.string(), values: z.array(z.string()).readonly() }))
    .readonly(),
});

/** One user's session with a policy in the ground truth, item by item. */
export const playedSessionSchema = z.object({
  run: runIdSchema,
  checkpoint: z.string(),
  label: z.string(),
  dataset: z.string(),
  seed: z.number(),
  acting: z.enum(['sampled', 'greedy']),
  maxLength: z.number(),
  users: z.number(),
  user: describedSchema.extend({ user: z.number() }),
  /** Newest rows of the user's training log, oldest first; `total` counts all. */
  history: z.object({
    total: z.number(),
    rows: z
      .array(z.object({ item: z.number(), reward: z.number(), time: z.number().nullable() }))
      .readonly(),
  }),
  /** Every item that occurs above or below, by its number. */
  items: z.record(z.string(), describedSchema),
  stateQuantities: z.array(quantitySchema).readonly(),
  itemQuantities: z.array(quantitySchema).readonly(),
  steps: z.array(playedStepSchema).readonly(),
  /** Sum of the true rewards. */
  return: z.number(),
  /** `left`: the exit rule. `length`: the protocol's longest session. */
  exit: z.enum(['left', 'length']),
});
export type PlayedSession = z.infer<typeof playedSessionSchema>;
