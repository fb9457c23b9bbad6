import type { Estimate, PartEstimate, Range } from '#contract/estimate.ts';
import { formatDuration } from '../format.ts';

/** A span of time, such as `2 min 5 s to 6 min 0 s`. */
export function rangeOfTime(range: Range | null): string {
  if (range === null) return 'not known';
  const [low, high] = [formatDuration(range.low), formatDuration(range.high)];
  return low === high ? low : `${low} to ${high}`;
}

/** Where an estimate comes from, in a sentence. */
export function basisText({ parts }: Pick<Estimate, 'parts'>): string {
  const past = new Map<string, PartEstimate>();
  for (const part of parts) {
    if (part.basis === 'runs') past.set(`${part.method} on ${part.dataset}`, part);
  }
  const runs = [...past].map(([what, { pastRuns }]) => `${pastRuns} of ${what}`);
  const isRated = parts.some(({ basis }) => basis === 'rates');
  const byRates = 'rates measured on one core of another machine';
  if (runs.length === 0) return isRated ? `From ${byRates}.` : '';
  return `From past runs here: ${runs.join(', ')}${isRated ? `; the rest from ${byRates}` : ''}.`;
}
