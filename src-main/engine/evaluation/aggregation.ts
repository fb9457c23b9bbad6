import type { Aggregation } from '#contract/protocol.ts';

/**
 * Condenses the evaluations of one run, in order of epochs, into one number. `final` is the evaluation after
 * the last epoch with its own, larger number of episodes, or the last epoch's when there was none.
 */
export function aggregate(
  epochs: readonly number[],
  final: number | null,
  aggregation: Aggregation,
): number | null {
  if (aggregation === 'final') return final ?? epochs.at(-1) ?? null;
  if (epochs.length === 0) return null;
  const from = aggregation === 'last-quarter' ? Math.floor(epochs.length * 0.75) : 0;
  const chosen = epochs.slice(from);
  return chosen.reduce((sum, value) => sum + value, 0) / chosen.length;
}
