import type { RunRecord } from '#contract/run.ts';

const mostIds = 3;

/** The command that continues what has not reached its end; null when nothing is left. */
export function resumeHint(
  runs: readonly RunRecord[],
  home: string | undefined,
  wholeCommand?: string,
): string | null {
  const left = runs.filter(({ status }) => status !== 'done');
  if (left.length === 0) return null;
  const offrec = home === undefined ? 'offrec' : `offrec --home ${quoted(home)}`;
  const whole = wholeCommand !== undefined && left.length > mostIds;
  return `${offrec} ${whole ? wholeCommand : `runs resume ${left.map(({ id }) => id).join(' ')}`}`;
}

/** A word as a shell reads it. */
export const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
