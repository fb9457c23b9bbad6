import type { RunRecord } from '#contract/run.ts';

/** How to continue what has not reached its end; null when nothing is left. */
export function resumeHint(
  runs: readonly RunRecord[],
  home: string | undefined,
  wholeCommand?: string,
): string | null {
  const left = runs.filter(({ status }) => status !== 'done');
  if (left.length === 0) return null;
  const offrec = home === undefined ? 'offrec' : `offrec --home ${quoted(home)}`;
  const resume = `${offrec} runs resume ${left.map(({ id }) => id).join(' ')}`;
  if (wholeCommand === undefined) return `To continue: ${resume}`;
  return left.length > 3
    ? `To continue: ${offrec} ${wholeCommand}`
    : `To continue: ${offrec} ${wholeCommand}   or: ${resume}`;
}

const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
