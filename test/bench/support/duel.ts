import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from './contestant.ts';
import { median } from './entry.ts';

export interface DuelRounds {
  /** Median ms of each round. */
  ours: number[];
  peer: number[] | null;
}

const warmUpCalls = 6;
const roundMs = 400;
const callLimits = { least: 5, most: 300 };
/** Between turns, so that the other side's threads have stopped spinning. */
const pauseMs = 40;

/** Times one step on both sides in turns, so that a busy machine hits both alike. */
export async function duel(
  step: string,
  ours: Contestant,
  peer: Contestant | null,
  rounds: number,
): Promise<DuelRounds> {
  const sides = peer === null ? [ours] : [ours, peer];
  const calls: number[] = [];
  for (const side of sides) {
    const warm = await side.time(step, warmUpCalls);
    const wanted = Math.ceil(roundMs / Math.max(median(warm.slice(2)), 0.01));
    calls.push(Math.min(Math.max(wanted, callLimits.least), callLimits.most));
  }
  const medians: number[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, side] of sides.entries()) {
      await sleep(pauseMs);
      medians[index]?.push(median(await side.time(step, calls[index] ?? callLimits.least)));
    }
  }
  return { ours: medians[0] ?? [], peer: medians[1] ?? null };
}
