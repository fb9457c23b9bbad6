import { z } from 'zod';

/**
 * The rules of evaluation. Two results may be ranked together only when their protocols are equal, which
 * `protocolHash` (engine/evaluation) decides.
 */
export const protocolSchema = z.object({
  /** `allowed`: FB. `removed`: already recommended items leave the action distribution (NX). */
  repeats: z.enum(['allowed', 'removed']).default('removed'),
  /** Most actions of one episode. */
  maxLength: z.number().int().min(1).max(1000).default(30),
  /** When true the exit rule is ignored and every episode has `maxLength` steps (NX_k). */
  ignoreExit: z.boolean().default(false),
  exitRule: z.enum(['none', 'category', 'distance']).default('none'),
  /** N: how many past actions the exit rule looks at. */
  exitWindowLength: z.number().int().min(1).max(1000).default(1),
  /** M: more than M shared tags (category) or a distance below M (distance) ends the episode. */
  exitThreshold: z.number().min(0).default(0),
  /** `paper` keeps the negative-start slice of the published code; `clean` clamps at 0. */
  exitWindow: z.enum(['paper', 'clean']).default('paper'),
  acting: z.enum(['sampled', 'greedy']).default('sampled'),
  /** Episodes of one evaluation. */
  episodes: z.number().int().min(1).max(1_000_000).default(100),
  /** `random`: users drawn uniformly, as published. `stratified`: every user equally often. */
  users: z.enum(['random', 'stratified']).default('random'),
  /** Episodes of the evaluation after the last epoch; 0 leaves it out. */
  finalEpisodes: z.number().int().min(0).max(1_000_000).default(1000),
  /** Policy epochs between evaluations. */
  everyEpochs: z.number().int().min(1).default(1),
});

export type Protocol = z.infer<typeof protocolSchema>;
export type ProtocolInput = z.input<typeof protocolSchema>;

/** Protocols known by name. `nx0` is the published headline protocol. */
export const protocolPresets = {
  nx0: { repeats: 'removed' },
  fb: { repeats: 'allowed' },
  nx10: { repeats: 'removed', ignoreExit: true, maxLength: 10 },
  'nx0-stratified': { repeats: 'removed', users: 'stratified' },
} as const satisfies Record<string, ProtocolInput>;

export type ProtocolPreset = keyof typeof protocolPresets;

/** How a table cell condenses the evaluations of one run. */
export const aggregationSchema = z.enum(['all-epochs', 'last-quarter', 'final']);
export type Aggregation = z.infer<typeof aggregationSchema>;
