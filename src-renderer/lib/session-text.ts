import type { Candidate, PlayedSession } from '#contract/session.ts';
import { formatNumber } from './format.ts';

/** An item or a user as it is called: the log's own id beside the number, where there is one. */
export function nameOf(number: number, id: string | null | undefined): string {
  return id === null || id === undefined || id === String(number)
    ? String(number)
    : `${String(number)} (${id})`;
}

/** Every feature with its values, such as `genre: drama, comedy`. */
export function featureText(
  features: readonly { readonly name: string; readonly values: readonly string[] }[],
): string {
  return features
    .filter(({ values }) => values.length > 0)
    .map(({ name, values }) => `${name}: ${values.join(', ')}`)
    .join(' · ');
}

/** How a session ended, in a sentence. */
export function exitText({ exit, steps, maxLength }: PlayedSession): string {
  return exit === 'left'
    ? `The user left after ${String(steps.length)} items: the exit rule fired.`
    : `The session reached its ${String(maxLength)} items.`;
}

/** What a table of steps or candidates shows of one item, in the order of its columns. */
export function candidateCells(candidate: Candidate): string[] {
  return [
    formatNumber(candidate.probability, 3),
    ...candidate.values.map((value) => formatNumber(value, 3)),
    formatNumber(candidate.trueReward, 3),
  ];
}

/** Place of a reward between the session's extremes, 0 to 1, for a shade. */
export function rewardShare(reward: number, rewards: readonly number[]): number {
  const low = Math.min(...rewards);
  const high = Math.max(...rewards);
  return high === low ? 1 : (reward - low) / (high - low);
}
