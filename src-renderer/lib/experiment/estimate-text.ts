import type { Estimate, PartEstimate, Range } from '#contract/estimate.ts';
import { formatDuration } from '../format.ts';

/** Seconds below which a time is not worth telling. */
const nothingS = 1;

/** A span of time, such as `2 min 5 s to 6 min`, `up to 11 s` or `a moment`. */
export function rangeOfTime(range: Range | null): string {
  if (range === null) return 'not known';
  const [low, high] = [range.low, range.high].map(Math.round);
  if (high === undefined || low === undefined || high < nothingS) return 'a moment';
  if (low < nothingS) return `up to ${inWords(high)}`;
  const [from, to] = [inWords(low), inWords(high)];
  return from === to ? from : `${from} to ${to}`;
}

/** An estimate of minutes is not good to the second. */
const roundedS = { from: 5 * 60, to: 3600 };

function inWords(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const isRounded = seconds >= roundedS.from && seconds < roundedS.to;
  return isRounded ? `${Math.round(seconds / 60)} min` : formatDuration(seconds);
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
