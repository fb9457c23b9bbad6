import { z } from 'zod';

/** Settings of a synthetic world, complete. Their ranges are the generator's business. */
export const worldSettingsSchema = z.record(z.string(), z.union([z.number(), z.string()]));
export type WorldSettings = z.infer<typeof worldSettingsSchema>;

/** A small sample of a synthetic world: what its log shows beside what is true. */
export const worldPreviewSchema = z.object({
  /** Size of the sample; smaller than the world when that is large. */
  users: z.number(),
  items: z.number(),
  interactions: z.number(),
  /** Items by falling exposure. */
  curve: z
    .array(
      z.object({
        /** Rows of the item. */
        rows: z.number(),
        /** Mean over all users, whoever was shown the item. */
        trueMean: z.number(),
        /** Mean of the logged rewards; null without a row. */
        loggedMean: z.number().nullable(),
      }),
    )
    .readonly(),
  /** Equal bins over the scale; shares of the logged rewards and of all true mean rewards. */
  rewards: z
    .array(z.object({ from: z.number(), to: z.number(), logged: z.number(), true: z.number() }))
    .readonly(),
  /** Mean over all pairs of user and item. */
  trueMean: z.number(),
  /** Mean of the log: what an estimate that ignores exposure believes. */
  naiveMean: z.number(),
  /** Mean of the log with each row weighted by one over its exposure probability, normalised. */
  weightedMean: z.number(),
  /** Gini coefficient of the exposure over items: 0 even, 1 all on one. */
  exposureGini: z.number(),
  /** Share of the items without a single row. */
  unseenShare: z.number(),
});
export type WorldPreview = z.infer<typeof worldPreviewSchema>;
