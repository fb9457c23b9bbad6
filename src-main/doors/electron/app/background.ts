import type { CoreState } from '#contract/desktop.ts';
import type { Activity } from '../messages.ts';

export const noActivity: Activity = { running: 0, queued: 0, fraction: null };

/**
 * What becomes of an application that goes on without a window: it quits when what it was kept for is done, and shows
 * itself when its core has failed for good, which nobody would see.
 */
export function nextInBackground(activity: Activity, core: CoreState): 'stay' | 'quit' | 'show' {
  if (core.kind === 'failed') return 'show';
  // While it starts again nothing is known of its runs.
  const isKnown = core.kind === 'running' || core.kind === 'silent';
  return isKnown && activity.running + activity.queued === 0 ? 'quit' : 'stay';
}
