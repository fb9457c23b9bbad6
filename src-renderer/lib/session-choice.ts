import type { PlayRequest } from '#contract/session.ts';

/** Whose session is played, and how. */
export interface SessionChoice {
  /** Null lets the seed draw one. */
  readonly user: number | null;
  readonly seed: number;
  readonly acting: 'protocol' | 'sampled' | 'greedy';
}

export const firstChoice: SessionChoice = { user: null, seed: 0, acting: 'protocol' };

/** The request for one policy; two policies with one choice meet the same user and the same draws. */
export function playRequest(
  run: string,
  checkpoint: string | undefined,
  { user, seed, acting }: SessionChoice,
): PlayRequest {
  return {
    run,
    seed,
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(user === null ? {} : { user }),
    ...(acting === 'protocol' ? {} : { acting }),
  };
}
